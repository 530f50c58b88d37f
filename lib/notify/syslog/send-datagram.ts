import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { restrictedLookup } from '@/lib/network/restricted-lookup'

/** Nothing confirms a datagram, but a host that is up and does not listen says so; it is given this long. */
const complaintMs = 250

/** One datagram (RFC 5426). Rejects when it could not be sent, or when the host refused it at once. */
export async function sendDatagram(
  { host, port }: { host: string; port: number },
  message: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { address, family } = await resolve(host)
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', signal })
  const failed = Promise.withResolvers<never>()
  socket.once('error', failed.reject)
  const abort = () => failed.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([
      failed.promise,
      (async () => {
        await new Promise<void>((done) => socket.connect(port, address, () => done()))
        await new Promise<void>((done, reject) => socket.send(message, (error) => (error ? reject(error) : done())))
        await sleep(complaintMs)
      })(),
    ])
  } finally {
    signal.removeEventListener('abort', abort)
    if (!signal.aborted) socket.close()
  }
}

function resolve(host: string): Promise<{ address: string; family: number }> {
  return new Promise((done, reject) => {
    restrictedLookup(host, { family: isIPv6(host) ? 6 : 0 }, (error, address, family) => {
      if (error || typeof address !== 'string') reject(error ?? new Error('no address'))
      else done({ address, family: family ?? 4 })
    })
  })
}
