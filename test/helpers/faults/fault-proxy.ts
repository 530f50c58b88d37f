import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { alterBody, flipByte, trickle, type BodyFault } from './fault-proxy-body'

/** S3's own name of what a request asks for. */
export type S3Operation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CreateMultipartUpload'
  | 'DeleteObject'
  | 'GetObject'
  | 'HeadObject'
  | 'ListMultipartUploads'
  | 'ListObjectsV2'
  /** Asks for something about an object, such as to bring it back from an archive. */
  | 'PostObject'
  | 'PutObject'
  | 'UploadPart'
  | 'Other'

/** What goes wrong. The first group never reaches the store, the second does. */
export type Fault =
  | { kind: 'refuse' }
  | { kind: 'reset'; afterRequestBytes: number }
  | { kind: 'stall' }
  | { kind: 'answer'; status: number; code?: string; body?: string; headers?: Record<string, string> }
  | { kind: 'drop-answer' }
  | { kind: 'replace-answer'; status: number; body: string }
  /** Changes headers of the answer; undefined takes one away. */
  | { kind: 'set-headers'; headers: Record<string, string | undefined> }
  /** Request and answer trickle, both within this many bytes a second. */
  | { kind: 'slow'; bytesPerSecond: number }
  /** Changes one byte of the request's body on its way to the store. */
  | { kind: 'flip-request-byte'; at: number }
  | BodyFault

interface Rule {
  on: S3Operation
  fault: Fault
  /** How many matching requests are hit; all by default. */
  times?: number
  /** How many matching requests pass before. */
  after?: number
  when?: (path: string) => boolean
}

export interface FaultProxy extends AsyncDisposable {
  endpoint: string
  /** Every request that arrived, in order; `range`: the bytes that it asks for, as the header says it. */
  requests: { operation: S3Operation; path: string; range: string | null }[]
  count(operation: S3Operation): number
  fail(rule: Rule): void
  /** Forgets all rules; what is slow under one goes on at full speed. */
  heal(): void
  close(): Promise<void>
}

/**
 * A proxy in front of a real S3 server that breaks chosen requests. Headers go through unchanged, the Host header too,
 * because it is signed.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const rules: (Rule & { seen: number })[] = []
  const requests: FaultProxy['requests'] = []
  const upstream = new URL(target)
  const agent = new http.Agent({ keepAlive: true })
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    const operation = nameOperation(request.method ?? '', path, request.headers)
    requests.push({ operation, path, range: request.headers.range ?? null })
    const rule = rules.find((candidate) => {
      if (candidate.on !== operation || (candidate.when && !candidate.when(path))) return false
      candidate.seen += 1
      const number = candidate.seen - (candidate.after ?? 0)
      return number > 0 && number <= (candidate.times ?? Infinity)
    })
    const isHealed = () => rule !== undefined && !rules.includes(rule)
    serve(request, response, rule?.fault ?? null, { upstream, agent, isHealed })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    agent.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    count: (operation) => requests.filter((request) => request.operation === operation).length,
    fail: (rule) => void rules.push({ ...rule, seen: 0 }),
    heal: () => void (rules.length = 0),
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Upstream {
  upstream: URL
  agent: http.Agent
  isHealed(): boolean
}

function serve(request: http.IncomingMessage, response: http.ServerResponse, fault: Fault | null, to: Upstream): void {
  switch (fault?.kind) {
    case 'refuse':
      request.socket.resetAndDestroy()
      return
    case 'stall':
      request.resume()
      return
    case 'reset': {
      let received = 0
      request.on('data', (chunk: Buffer) => {
        received += chunk.length
        if (received >= fault.afterRequestBytes) request.socket.resetAndDestroy()
      })
      // A request that is shorter is reset at its end.
      request.on('end', () => request.socket.resetAndDestroy())
      return
    }
    case 'answer':
      request.resume().on('end', () => answer(response, fault))
      return
    default:
      forward(request, response, fault ?? null, to)
  }
}

function answer(
  response: http.ServerResponse,
  fault: { status: number; code?: string; body?: string; headers?: Record<string, string> },
): void {
  const code = fault.code ?? 'Injected'
  const body = fault.body ?? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`
  const bytes = response.req.method === 'HEAD' ? '' : body
  response.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers })
  response.end(bytes)
}

function forward(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  fault: Exclude<Fault, { kind: 'refuse' | 'stall' | 'reset' | 'answer' }> | null,
  to: Upstream,
): void {
  const outgoing = http.request(
    {
      host: to.upstream.hostname,
      port: to.upstream.port,
      agent: to.agent,
      method: request.method,
      path: request.url,
      headers: request.headers,
    },
    (incoming) => {
      // The client may have gone meanwhile.
      if (response.destroyed || request.socket.destroyed) incoming.destroy()
      else if (fault?.kind === 'drop-answer') {
        incoming.resume().on('end', () => request.socket.resetAndDestroy())
      } else if (fault?.kind === 'replace-answer') {
        incoming.resume().on('end', () => answer(response, fault))
      } else if (fault?.kind === 'set-headers') {
        const headers = Object.entries({ ...incoming.headers, ...fault.headers })
        const present = headers.filter((header) => header[1] !== undefined)
        response.writeHead(incoming.statusCode ?? 502, Object.fromEntries(present))
        pipeline(incoming, response, () => undefined)
      } else if (fault?.kind === 'flip-request-byte') {
        alterBody(incoming, response, null)
      } else if (fault?.kind === 'slow') {
        response.writeHead(incoming.statusCode ?? 502, incoming.headers)
        pipeline(incoming, trickle(fault.bytesPerSecond, to.isHealed), response, () => undefined)
      } else {
        alterBody(incoming, response, fault)
      }
    },
  )
  outgoing.on('error', () => request.socket.destroy())
  if (fault?.kind === 'flip-request-byte') pipeline(request, flipByte(fault.at), outgoing, () => undefined)
  else if (fault?.kind === 'slow')
    pipeline(request, trickle(fault.bytesPerSecond, to.isHealed), outgoing, () => undefined)
  else pipeline(request, outgoing, () => undefined)
}

function nameOperation(method: string, url: string, headers: http.IncomingHttpHeaders): S3Operation {
  const { pathname, searchParams: query } = new URL(url, 'http://proxy')
  const hasKey = pathname.split('/').filter(Boolean).length > 1
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads'
  if (query.has('uploadId')) {
    if (method === 'PUT') return 'UploadPart'
    return method === 'POST' ? 'CompleteMultipartUpload' : 'AbortMultipartUpload'
  }
  if (query.get('list-type') === '2') return 'ListObjectsV2'
  if (!hasKey || headers['x-amz-copy-source']) return 'Other'
  const byMethod: Record<string, S3Operation> = {
    PUT: 'PutObject',
    POST: 'PostObject',
    GET: 'GetObject',
    HEAD: 'HeadObject',
    DELETE: 'DeleteObject',
  }
  return byMethod[method] ?? 'Other'
}
