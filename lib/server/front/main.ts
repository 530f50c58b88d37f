import type { AddressInfo } from 'node:net'
import next from 'next'
import { allowedHosts } from '@/lib/core/network/allowed-hosts'
import { parseNetworks } from '@/lib/core/network/parse-networks'
import { createLogger } from '@/lib/process/create-logger'
import { createFront } from './create-front'

/** The web process: Next behind the front. The supervisor starts it, with its settings in the environment. */
const { env } = process
const dev = env.NODE_ENV === 'development'
const hostname = env.HOST || '127.0.0.1'
const port = Number(env.PORT || 3000)
const endWithinMs = 2_000

const server = createFront((request, response) => ready.then((handle) => handle(request, response)), {
  trustedProxies: parseNetworks(env.HOLDFAST_TRUSTED_PROXIES ?? '', 'HOLDFAST_TRUSTED_PROXIES'),
  isAllowedHost: allowedHosts({
    listensOn: hostname,
    publicUrl: env.NEXTAUTH_URL,
    further: env.HOLDFAST_ALLOWED_HOSTS,
  }),
  publicUrl: env.NEXTAUTH_URL ? URL.parse(env.NEXTAUTH_URL) : null,
  logger: createLogger('web'),
})
const app = next({ dev, dir: process.cwd(), hostname, port, httpServer: server })
const ready = app.prepare().then(() => app.getRequestHandler())
ready.catch(fail)

server.on('error', fail)
// A burst of connections must fit: one that the kernel drops is tried again by its client after a second, then two.
server.listen({ port, host: hostname, backlog: 4_096 }, () => {
  const { address, port: taken } = server.address() as AddressInfo
  console.log(`listening on ${address} port ${taken}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), endWithinMs)
  })
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
