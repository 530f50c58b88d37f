import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { BlockList } from 'node:net'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { addressGroup } from '@/lib/core/network/address-group'
import { originOfRequest } from '@/lib/core/network/origin-of-request'
import type { Logger } from '@/lib/ports/run-context'
import { transportHeaders } from '../security-headers'
import { bodyLimitOf, checkRequest, isLogFile } from './check-request'
import { ConnectionRush } from './connection-rush'
import { isHealth, makeLanes } from './lanes'
import { BodyBudget, readRequestBody } from './read-request-body'
import { refuse } from './refuse'
import { ReplayedRequest, setForwarded } from './replayed-request'
import { WaitingSockets } from './waiting-sockets'

export interface FrontOptions {
  trustedProxies: BlockList
  isAllowedHost: (host: string) => boolean
  publicUrl: URL | null
  logger: Logger
  bodyDeadlineMs?: number
  waitingSockets?: number
  /** The longest that work is held back while connections keep arriving. */
  rushPatienceMs?: number
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/**
 * The server that stands before Next. Whatever anybody sends is bounded here, in length and in time, before anything else
 * looks at it; a request is passed on only when it is complete (but for files of a log), was sent to one of our host names, has its
 * turn, and has headers that say who really sent it.
 */
export function createFront(handler: Handler, options: FrontOptions): Server {
  const laneOf = makeLanes()
  const budget = new BodyBudget({ bytes: 32 * 1024 * 1024, bytesPerClient: 8 * 1024 * 1024 })
  const waiting = new WaitingSockets(options.waitingSockets ?? 1_000)
  const deadlineMs = options.bodyDeadlineMs ?? 15_000

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wrong = checkRequest(request)
    if (wrong) throw wrong
    const { method = 'GET', url = '/' } = request
    const path = url.split('?', 1)[0] ?? url
    const origin = originOfRequest(arrivalOf(request), options.trustedProxies)
    // Under the public address browsers speak what that address says, whichever proxy passed the request on.
    if (options.publicUrl?.host === origin.host)
      origin.protocol = options.publicUrl.protocol === 'https:' ? 'https' : 'http'
    if (origin.protocol === 'https') response.setHeaders(new Map(Object.entries(transportHeaders)))
    if (!options.isAllowedHost(origin.host) && !isHealth(method, path)) throw foreignHost(origin.host)
    setForwarded(request, origin)
    const client = addressGroup(origin.client)
    const limits = { sizeBytes: bodyLimitOf(url), deadlineMs }
    const left = new AbortController()
    response.once('close', () => left.abort())
    // A body is work too.
    if (hasBody(request)) await rush.over()
    if (left.signal.aborted) return
    const body =
      hasBody(request) && !isLogFile(method, url) ? await readRequestBody(request, client, limits, budget) : null
    const whole = body ? new ReplayedRequest(request, body) : request
    whenAborted(left.signal, () => body && budget.giveBack(client, body.length))
    waiting.remove(request.socket)
    const release = await laneOf(method, path).enter(client, left.signal)
    if (!isHealth(method, path)) await rush.over()
    if (left.signal.aborted) return release()
    onceBegun(response, release)
    await handler(whole, response)
  }

  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 2_000 },
    (request, response) => {
      response.once('close', () => waiting.add(request.socket))
      answer(request, response).catch((error: unknown) => {
        if (error instanceof HoldfastError) return refuse(request, response, error)
        if (response.destroyed) return
        options.logger.error('request broke', { error: error instanceof Error ? error.stack : String(error) })
        return refuse(request, response, new HoldfastError('unexpected', 'Something went wrong that should not have.'))
      })
    },
  )
  const rush = new ConnectionRush(server, options.rushPatienceMs ?? 2_000)
  server.maxHeadersCount = 100
  // Longer than proxies keep theirs open, so that it is never we who close one under a request.
  server.keepAliveTimeout = 75_000
  // Both ways silent for so long, a connection is dead; event streams say something every 15 seconds.
  server.timeout = 300_000
  server.on('connection', (socket) => {
    waiting.add(socket)
    socket.once('close', () => waiting.remove(socket))
  })
  return server
}

function whenAborted(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run()
  else signal.addEventListener('abort', run, { once: true })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function arrivalOf(request: IncomingMessage): Parameters<typeof originOfRequest>[0] {
  const header = (name: string) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(',') : value
  }
  return {
    peer: request.socket.remoteAddress ?? '',
    host: request.headers.host,
    forwardedFor: header('x-forwarded-for'),
    forwardedProto: header('x-forwarded-proto'),
    forwardedHost: header('x-forwarded-host'),
  }
}

/** A place in a lane is for the work before the answer; streams and slow readers do not hold one. */
function onceBegun(response: ServerResponse, release: () => void): void {
  const writeHead = response.writeHead.bind(response)
  response.writeHead = (...args: unknown[]) => {
    release()
    return Reflect.apply(writeHead, response, args)
  }
  response.once('close', release)
}

function foreignHost(host: string): HoldfastError {
  const name = host.replace(/[^\w.:[\]-]/g, '?').slice(0, 100)
  return new HoldfastError('host-not-allowed', `This instance does not answer to the name "${name}".`, {
    remedy: `If it should, start it with HOLDFAST_ALLOWED_HOSTS=${name} (names separated by commas), or set NEXTAUTH_URL to the address that people use.`,
  })
}
