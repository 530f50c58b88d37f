import { once } from 'node:events'
import type { Socket } from 'node:net'

/** SSLRequest (PostgreSQL's protocol, 55.7): eight bytes, answered by one: `S` when TLS follows, else `N`. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

export async function askPostgres(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.write(sslRequest)
  for (;;) {
    const byte: unknown = socket.read(1)
    if (Buffer.isBuffer(byte)) return byte.toString('latin1') === 'S'
    await once(socket, 'readable', { signal })
    if (socket.readableEnded) throw new Error('the server ended the connection')
  }
}
