import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface TcpReceiver extends AsyncDisposable {
  port: number
  /** What each connection sent until it was sent away, in the order of arrival. */
  received: string[]
  close(): Promise<void>
}

/** A stand-in at which anything may knock: it keeps what it is sent, says something no protocol knows, and hangs up. */
export async function startTcpReceiver(): Promise<TcpReceiver> {
  const open = new Set<Socket>()
  const received: string[] = []
  const server = createServer((socket) => {
    open.add(socket)
    const at = received.push('') - 1
    socket.on('data', (bytes) => (received[at] += bytes.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.end('421 nobody is here\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port')
  const close = async () => {
    for (const socket of open) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return { port: address.port, received, close, [Symbol.asyncDispose]: close }
}
