import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { restrictedLookup, refuseLiteral } from './restricted-lookup'

export interface Answer {
  status: number
  /** The body, up to the requested length. */
  text: string
  /** What the receiver asked to wait, of `Retry-After` in seconds. */
  retryAfterSeconds: number | null
}

interface Request {
  /** Posted; null asks with GET. */
  body: string | null
  headers: Record<string, string>
  /** More of an answer is not read. */
  maxAnswerBytes: number
  signal: AbortSignal
}

/**
 * One request without redirects and never to a metadata address. Resolves whatever the status is; rejects with
 * `address-refused` or what the network says.
 */
export function requestOnce(url: URL, { body, headers, maxAnswerBytes, signal }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    refuseLiteral(url.hostname)
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = request(url, {
      method: body === null ? 'GET' : 'POST',
      headers: { ...headers, ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }) },
      lookup: restrictedLookup,
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
