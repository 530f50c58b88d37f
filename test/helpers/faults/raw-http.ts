import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A connection over which a test says what no HTTP client would. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Sends bytes as they are and answers everything that comes back until the other side closes. */
export async function rawExchange(port: number, sent: string | Buffer, withinMs = 10_000): Promise<string> {
  const socket = await rawConnection(port)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  socket.write(sent)
  await Promise.race([once(socket, 'close'), delay(withinMs, undefined, { ref: false })])
  socket.destroy()
  return answer
}

/** How long `GET` of the address took, and what came. */
export async function timed(url: string): Promise<{ status: number; tookMs: number }> {
  const begun = performance.now()
  const response = await fetch(url, { headers: { connection: 'close' } })
  await response.arrayBuffer()
  return { status: response.status, tookMs: performance.now() - begun }
}
