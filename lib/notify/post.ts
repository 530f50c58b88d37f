import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { guardedLookup, refuseAddress } from './refused-address'

/** More of an answer is not read: it is only looked at for an error. */
const maxAnswerBytes = 4 * 1024

export interface Answer {
  status: number
  /** The first 4 KiB. */
  text: string
  /** What the receiver asked to wait, of `Retry-After` in seconds. */
  retryAfterSeconds: number | null
}

/** One request without redirects: a POST of the body, or a GET when there is none. Resolves whatever the status is. */
export function post(
  url: URL,
  body: string | null,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    refuseAddress(url.hostname)
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = request(url, {
      method: body === null ? 'GET' : 'POST',
      headers: { ...headers, ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }) },
      lookup: guardedLookup,
      signal,
      // A connection of its own: a kept-alive one may be closed by the receiver just as we write.
      agent: false,
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      let length = 0
      const finish = () => {
        const seconds = Number(response.headers['retry-after'])
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8'),
          retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
        })
        outgoing.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length >= maxAnswerBytes) finish()
      })
      response.on('end', finish)
      response.on('error', reject)
    })
    outgoing.end(body ?? undefined)
  })
}
