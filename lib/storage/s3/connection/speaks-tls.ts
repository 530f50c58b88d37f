import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { restrictedLookup, refuseLiteral } from '@/lib/network/restricted-lookup'

const withinMs = 5_000

/** Whether something at the address shakes hands in TLS, whatever its certificate is: nothing is sent to it. */
export async function speaksTls(address: string, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  refuseLiteral(host)
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 80),
      lookup: restrictedLookup,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    })
    const timer = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
    const end = (spoken: boolean) => {
      timer.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(spoken)
    }
    const giveUp = () => end(false)
    timer.addEventListener('abort', giveUp)
    socket.once('secureConnect', () => end(true))
    socket.once('error', giveUp)
    socket.once('close', giveUp)
  })
}
