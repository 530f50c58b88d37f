import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SyslogConfig } from '@/lib/contracts/alerting/channel-config'
import { restrictedLookup } from '@/lib/network/restricted-lookup'

/** A receiver that took everything hangs up when we do; one that does not is left after this long. */
const farewellMs = 2_000

/**
 * One message with its length before it, so that a line break in it cannot fake another (RFC 6587, 3.4.1; RFC 5425, 4.3).
 * Rejects unless it was handed to the receiver's host; with TLS, unless the receiver proved who it is.
 */
export async function sendFrame(config: SyslogConfig, message: Buffer, signal: AbortSignal): Promise<void> {
  const socket = open(config)
  const abort = () => socket.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // The waits below receive errors; an error between two waits must not end the process.
  socket.on('error', () => undefined)
  try {
    await once(socket, config.transport === 'tls' ? 'secureConnect' : 'connect')
    const closed = once(socket, 'close')
    closed.catch(() => undefined)
    // Read on, or an answer that nobody takes would keep the end from being seen.
    socket.resume()
    socket.end(Buffer.concat([Buffer.from(`${message.length} `), message]))
    await once(socket, 'finish')
    await Promise.race([closed, sleep(farewellMs)])
    if (socket.errored) throw socket.errored
  } finally {
    signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}

function open({ host, port, transport, ca }: SyslogConfig): Socket {
  if (transport === 'tcp') return connectTcp({ host, port, lookup: restrictedLookup })
  return connectTls({
    host,
    port,
    lookup: restrictedLookup,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    // The name that is sent and checked; an address is checked without being sent (RFC 6066, 3).
    ...(isIP(host) ? {} : { servername: host }),
  })
}
