import { lookup } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, type LookupFunction, isIP } from 'node:net'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** More of an answer is not read: it is only shown in an error. */
const maxAnswerBytes = 4 * 1024

/** Link-local addresses, where clouds serve the credentials of the machine. */
const refused = new BlockList()
refused.addSubnet('169.254.0.0', 16, 'ipv4')
refused.addSubnet('fe80::', 10, 'ipv6')
refused.addAddress('fd00:ec2::254', 'ipv6')

function refusal(address: string): HoldfastError {
  return new HoldfastError('notify-refused', `The webhook leads to ${address}, which is not allowed`, {
    remedy: 'Use the address of a receiver, not one of the link-local range.',
    facts: { address },
  })
}

function isRefused(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && refused.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Checks the address that is really connected to: a name could answer with another one than when it was entered. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const bad = addresses?.find(({ address }) => isRefused(address))
    const first = addresses?.[0]
    if (error || bad || !first) callback(error ?? refusal(bad?.address ?? hostname), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** One POST without redirects. Resolves with status and the first 4 KiB of the answer, whatever the status is. */
export function post(
  url: URL,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isRefused(host)) return reject(refusal(host))
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
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
        const answer = Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8')
        resolve({ status: response.statusCode ?? 0, answer })
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
    outgoing.end(body)
  })
}
