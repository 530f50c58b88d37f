import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { Throttle, ThrottleStage } from '@/lib/pipeline/throttle'

/** A store far away: the S3 server behind a line that lets so many bytes a second in, over all connections. */
export interface SlowStore {
  endpoint: string
  close(): Promise<void>
}

export async function startSlowStore(endpoint: string, bytesPerSecond: number): Promise<SlowStore> {
  const { hostname, port } = new URL(endpoint)
  const line = new Throttle(bytesPerSecond)
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const store = net.connect(Number(port), hostname)
    for (const socket of [client, store]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    pipeline(client, new ThrottleStage(line), store, () => client.destroy())
    pipeline(store, client, () => store.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
