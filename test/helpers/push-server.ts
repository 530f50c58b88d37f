import { once } from 'node:events'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { PUT } from '@/app/api/v1/admin/sources/[id]/log/[name]/route'
import { allowedHosts } from '@/lib/core/network/allowed-hosts'
import { parseNetworks } from '@/lib/core/network/parse-networks'
import { createLogger } from '@/lib/process/create-logger'
import { closeContainer } from '@/lib/server/container'
import { createFront } from '@/lib/server/front/create-front'
import type { Product } from './product'
import { freePort } from './servers/ports'

export interface PushServer {
  url: string
  /** Bytes of the bodies that came, whole or not. */
  received(): number
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** The front of the web process and, behind it, the route that takes files of a log, on the catalog and home of a product. */
export async function startPushServer(product: Product): Promise<PushServer> {
  Object.assign(process.env, { DATABASE_URL: product.url, HOLDFAST_HOME: product.home })
  const port = await freePort()
  let server: Server | null = null
  let received = 0
  const pushServer: PushServer = {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    async start() {
      server = createFront(
        async (request, response) => {
          request.on('data', (chunk: Buffer) => (received += chunk.length))
          const url = new URL(request.url ?? '/', pushServer.url)
          const [, id = '', name = ''] = /^\/api\/v1\/admin\/sources\/([^/]+)\/log\/([^/]+)$/.exec(url.pathname) ?? []
          const left = new AbortController()
          response.once('close', () => left.abort())
          const init: RequestInit & { duplex: 'half' } = {
            method: 'PUT',
            headers: Object.entries(request.headers).map(([key, value]): [string, string] => [key, String(value)]),
            body: Readable.toWeb(request) as ReadableStream,
            signal: left.signal,
            duplex: 'half',
          }
          const answer = await PUT(new Request(url, init), { params: Promise.resolve({ id, name }) })
          response.writeHead(answer.status, Object.fromEntries(answer.headers))
          response.end(await answer.text())
        },
        {
          trustedProxies: parseNetworks('', 'X'),
          isAllowedHost: allowedHosts({ listensOn: '127.0.0.1', publicUrl: undefined, further: '' }),
          publicUrl: null,
          logger: createLogger('test'),
        },
      )
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    async stop() {
      const closed = server && once(server, 'close')
      server?.close()
      server?.closeAllConnections()
      await closed
      server = null
    },
    async close() {
      await pushServer.stop()
      await closeContainer()
    },
  }
  await pushServer.start()
  return pushServer
}
