import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, test } from 'vitest'
import { allowedHosts } from '@/lib/core/network/allowed-hosts'
import { parseNetworks } from '@/lib/core/network/parse-networks'
import { createLogger } from '@/lib/process/create-logger'
import { createFront, type FrontOptions } from '@/lib/server/front/create-front'
import { FairLane } from '@/lib/server/front/fair-lane'
import { rawConnection, rawExchange, timed } from '../helpers/faults/raw-http'
import { waitFor } from '../helpers/wait-for'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.closeAllConnections()
})

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** What stands behind tells what got through to it. */
const echo: Handler = async (request, response) => {
  const body = await buffer(request)
  const { url, method, headers } = request
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ url, method, headers, raw: request.rawHeaders, bytes: body.length, sum: sumOf(body) }))
}
const sumOf = (body: Buffer) => body.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7)

async function front(handler: Handler = echo, options: Partial<FrontOptions> = {}): Promise<number> {
  const server = createFront(handler, {
    trustedProxies: parseNetworks('', 'X'),
    isAllowedHost: allowedHosts({ listensOn: '127.0.0.1', publicUrl: 'https://backup.example.com', further: '' }),
    publicUrl: new URL('https://backup.example.com'),
    logger: createLogger('test'),
    ...options,
  })
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

interface Ask {
  path?: string
  method?: string
  headers?: Record<string, string>
  body?: Buffer
  agent?: Agent
}
async function ask(port: number, { path = '/api/v1/x', method = 'GET', headers = {}, body, agent }: Ask = {}) {
  const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, ...(agent ? { agent } : {}) })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const answer = await text(response)
  const isJson = /json/.test(response.headers['content-type'] ?? '')
  return {
    status: response.statusCode,
    headers: response.headers,
    text: answer,
    json: isJson ? JSON.parse(answer) : {},
  }
}

const head = (lines: string[], body = '') => `${lines.join('\r\n')}\r\n\r\n${body}`
const chunk = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`

describe('bodies', () => {
  it('come through whole, with their length or in chunks, one after the other on a connection', async () => {
    const port = await front()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const body = Buffer.alloc(1024 * 1024, 'holdfast')
    const framings: Record<string, string>[] = [
      { 'content-length': String(body.length) },
      { 'transfer-encoding': 'chunked' },
    ]
    for (const framing of framings) {
      const { json } = await ask(port, { method: 'POST', headers: framing, body, agent })
      expect(json).toMatchObject({ method: 'POST', bytes: body.length, sum: sumOf(body) })
    }
    agent.destroy()
  })

  it('of files of a log come as they are sent, whatever their length, and of nothing else', async () => {
    const port = await front()
    const body = Buffer.alloc(40 * 1024 * 1024, 'holdfast')
    const path = '/api/v1/admin/sources/0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11/log/000000010000000000000001'
    const length = { 'content-length': String(body.length) }
    const { json } = await ask(port, { method: 'PUT', path, headers: length, body })
    expect(json).toMatchObject({ method: 'PUT', bytes: body.length, sum: sumOf(body) })
    for (const [method, other] of [
      ['POST', path],
      ['PUT', path.replace('/log/', '/logs/')],
    ] as const) {
      const lines = [`${method} ${other} HTTP/1.1`, 'Host: localhost', `Content-Length: ${body.length}`]
      expect(await rawExchange(port, head(lines))).toMatch(/^HTTP\/1\.1 413 /)
    }
  })

  it('are refused by their length before a byte is read', async () => {
    const port = await front()
    for (const path of ['/api/v1/x', '/api/auth/callback/credentials']) {
      const answer = await rawExchange(
        port,
        head([`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Length: 157286400']),
      )
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(answer).toContain('"code":"body-too-large"')
    }
  })

  it('without a length are read to the limit and no further, which is less before one is signed in', async () => {
    const read: number[] = []
    const port = await front(async (request, response) => {
      read.push((await buffer(request)).length)
      response.end()
    })
    const lines = (path: string) => [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked']
    const long = await rawExchange(port, head(lines('/api/v1/x'), chunk(65_536).repeat(17)))
    expect(long).toMatch(/^HTTP\/1\.1 413 /)
    const signIn = await rawExchange(port, head(lines('/api/auth/callback/credentials'), chunk(65_537)))
    expect(signIn).toMatch(/^HTTP\/1\.1 413 /)
    expect(read).toEqual([])
  })

  it('that trickle in are given up at the deadline, and nothing behind waited for them', async () => {
    let reached = 0
    const port = await front(() => void (reached += 1), { bodyDeadlineMs: 200 })
    const answer = await rawExchange(
      port,
      head(['POST /api/v1/x HTTP/1.1', 'Host: localhost', 'Content-Length: 9'], 'abc'),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(reached).toBe(0)
  })

  it('that end before their length are nobody’s request', async () => {
    const reached: string[] = []
    const port = await front((request, response) => {
      reached.push(request.method ?? '')
      response.end()
    })
    const socket = await rawConnection(port)
    socket.end(head(['POST /api/v1/x HTTP/1.1', 'Host: localhost', 'Content-Length: 9'], 'abc'))
    await once(socket.resume(), 'close')
    await ask(port, { path: '/api/v1/health' })
    expect(reached).toEqual(['GET'])
  })

  it('that wait for their answer hold no more memory of one client than allowed', async () => {
    const port = await front(() => undefined)
    const statuses: (number | undefined)[] = []
    const sent = Array.from({ length: 12 }, () => {
      const one = httpRequest({ host: '127.0.0.1', port, path: '/api/v1/x', method: 'POST' })
      one.on('error', () => undefined).on('response', (response: IncomingMessage) => statuses.push(response.statusCode))
      one.end(Buffer.alloc(1024 * 1024, 'x'))
      return one
    })
    await waitFor('four of twelve to be refused', () => statuses.length >= 4 || null)
    expect(statuses).toEqual([503, 503, 503, 503])
    for (const one of sent) one.destroy()
  })
})

describe('what no page of Holdfast ever asks', () => {
  test.each<[string, Ask, number]>([
    ['a compressed body', { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: Buffer.from('x') }, 415],
    ['an unknown method', { method: 'PROPFIND' }, 405],
    ['posting to a page', { method: 'POST', path: '/login', body: Buffer.from('x') }, 405],
    ['an address that is too long', { path: `/${'a'.repeat(8_192)}` }, 414],
    ['a query that is too long', { path: `/login?${'a'.repeat(8_192)}` }, 414],
    ['headers that are too long', { headers: { 'x-long': 'a'.repeat(20_000) } }, 431],
    ['another name of Holdfast', { headers: { host: 'evil.example' } }, 421],
  ])('%s is refused before anything else looks at it', async (_, asked, status) => {
    let reached = 0
    const port = await front((_request, response) => {
      reached += 1
      response.end()
    })
    expect((await ask(port, asked)).status).toBe(status)
    expect(reached).toBe(0)
  })

  it('another site’s address in the request line is refused', async () => {
    const port = await front()
    const answer = await rawExchange(
      port,
      head(['GET http://evil.example/ HTTP/1.1', 'Host: localhost', 'Connection: close']),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the name that a request was sent to', () => {
  test.each(['/', '/login', '/admin', '/api/v1/setup', '/api/auth/csrf', '/metrics', '/_next/static/x.js'])(
    'counts for %s; the answer says what to set',
    async (path) => {
      const port = await front()
      const answer = await ask(port, { path, headers: { host: 'rebound.evil.example:3000' } })
      expect(answer.status).toBe(421)
      expect(answer.text).toContain('HOLDFAST_ALLOWED_HOSTS=rebound.evil.example:3000')
      expect((await ask(port, { path, headers: { host: 'backup.example.com' } })).status).toBe(200)
    },
  )

  it('does not count for health, which tells nothing and is asked by address', async () => {
    const port = await front()
    expect((await ask(port, { path: '/api/v1/health', headers: { host: '10.1.2.3:3000' } })).status).toBe(200)
    const posted = await ask(port, { path: '/api/v1/health', method: 'POST', headers: { host: '10.1.2.3:3000' } })
    expect(posted.status).toBe(421)
  })
})

describe('forwarded headers', () => {
  const lies = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  }

  it('of a client are replaced by what its connection says', async () => {
    const port = await front()
    const { json } = await ask(port, { headers: lies })
    expect(json.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `127.0.0.1:${port}`,
      'x-forwarded-proto': 'http',
    })
    for (const name of ['x-forwarded-port', 'x-real-ip', 'forwarded']) expect(json.headers).not.toHaveProperty(name)
    expect(JSON.stringify(json.raw)).not.toContain('203.0.113.9')
  })

  it('of a trusted proxy count, and its name must be a known one too', async () => {
    const port = await front(echo, { trustedProxies: parseNetworks('127.0.0.0/8', 'X') })
    const asked = { ...lies, 'x-forwarded-host': 'backup.example.com', 'x-forwarded-for': '1.1.1.1, 203.0.113.9' }
    expect((await ask(port, { headers: asked })).json.headers).toMatchObject({
      host: 'backup.example.com',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    })
    expect((await ask(port, { headers: lies })).status).toBe(421)
  })

  it('are not needed for the protocol of the public address', async () => {
    const port = await front()
    const { json } = await ask(port, { headers: { host: 'backup.example.com' } })
    expect(json.headers).toMatchObject({ 'x-forwarded-proto': 'https' })
  })
})

describe('what came by https (security 15)', () => {
  const hsts = 'strict-transport-security'
  it.each<[string, Ask, string, string | undefined]>([
    ['under the public address', { headers: { host: 'backup.example.com' } }, '', 'max-age=31536000'],
    [
      'as a trusted proxy says',
      { headers: { host: 'localhost', 'x-forwarded-proto': 'https' } },
      '127.0.0.1',
      'max-age=31536000',
    ],
    ['as anybody else says', { headers: { host: 'localhost', 'x-forwarded-proto': 'https' } }, '', undefined],
    ['not at all', { headers: { host: 'localhost' } }, '127.0.0.1', undefined],
  ])('comes back so alone: %s', async (_, asked, proxies, expected) => {
    const port = await front(echo, { trustedProxies: parseNetworks(proxies, 'X') })
    expect((await ask(port, asked)).headers[hsts]).toBe(expected)
  })
})

describe('many at once', () => {
  it('connections that say nothing lose their place to those that do', async () => {
    const port = await front(echo, { waitingSockets: 20 })
    const silent = await Promise.all(Array.from({ length: 100 }, () => rawConnection(port)))
    let closed = 0
    for (const socket of silent) socket.resume().once('close', () => (closed += 1))
    expect((await timed(`http://127.0.0.1:${port}/api/v1/health`)).status).toBe(200)
    await waitFor('the oldest to be closed', () => closed >= 80 || null)
    expect(silent.at(-1)?.destroyed).toBe(false)
    for (const socket of silent) socket.destroy()
  })

  it('health is answered while every other place is taken', async () => {
    const port = await front(async (request, response) => {
      if (request.url !== '/api/v1/health') await once(response, 'close')
      else response.end('up')
    })
    const paths = ['/login', '/api/v1/x', '/api/auth/callback/credentials']
    const stuck = paths.flatMap((path) => Array.from({ length: 60 }, () => ({ path })))
    const sockets = await Promise.all(
      stuck.map(async ({ path }) => {
        const socket = await rawConnection(port)
        const method = path.includes('callback') ? 'POST' : 'GET'
        socket.write(head([`${method} ${path} HTTP/1.1`, 'Host: localhost']))
        return socket
      }),
    )
    expect((await timed(`http://127.0.0.1:${port}/api/v1/health`)).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })

  it('connections that are already waiting are accepted before any work begins, so that health is not behind it', async () => {
    let inside = 0
    const insideAtWork: number[] = []
    const port = await front(
      (_request, response) => {
        insideAtWork.push(inside)
        response.end()
      },
      { rushPatienceMs: 60_000 },
    )
    open.at(-1)?.on('connection', () => (inside += 1))
    const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'))
    for (const socket of sockets) socket.write(head(['GET /login HTTP/1.1', 'Host: localhost', 'Connection: close']))
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'end')))
    expect(insideAtWork).toHaveLength(100)
    expect(Math.min(...insideAtWork)).toBe(100)
  })

  it('connections that are already waiting are accepted before any body is read', async () => {
    const port = await front((_request, response) => void response.end(), { rushPatienceMs: 60_000 })
    const inside: Socket[] = []
    const readWhenLastCame: number[] = []
    open.at(-1)?.on('connection', (socket: Socket) => {
      if (inside.push(socket) === 100) readWhenLastCame.push(...inside.map((one) => one.bytesRead))
    })
    const body = Buffer.alloc(900_000, '[')
    const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'))
    for (const socket of sockets) {
      socket.on('error', () => undefined)
      socket.write(head(['POST /api/v1/admin/sources HTTP/1.1', 'Host: localhost', `Content-Length: ${body.length}`]))
      socket.write(body)
    }
    await waitFor('all to come in', () => inside.length === 100 || null)
    for (const socket of sockets) socket.destroy()
    // What arrived together with the head is read with it: a buffer or two of 64 kB.
    expect(Math.max(...readWhenLastCame)).toBeLessThan(200_000)
  })

  it('work begins even if connections never stop arriving', async () => {
    const port = await front(echo, { rushPatienceMs: 50 })
    let over = false
    const coming = (async () => {
      while (!over) (await rawConnection(port)).destroy()
    })()
    expect((await ask(port, { path: '/login' })).status).toBe(200)
    over = true
    await coming
  })

  it('a place is given back when the answer begins, so streams hold none', async () => {
    const port = await front((_request, response) => {
      response.writeHead(200)
      response.write('begun')
    })
    const streams = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const socket = await rawConnection(port)
        socket.write(head(['GET /login HTTP/1.1', 'Host: localhost']))
        await once(socket, 'data')
        return socket
      }),
    )
    expect(streams).toHaveLength(40)
    for (const socket of streams) socket.destroy()
  })
})

describe('a lane', () => {
  const never = new AbortController().signal
  const limits = { atOnce: 2, atOncePerClient: 1, waiting: 4, waitingPerClient: 3 }

  it('lets clients take turns, however many requests one of them has waiting', async () => {
    const lane = new FairLane({ ...limits, atOnce: 1 })
    const order: string[] = []
    const release = await lane.enter('flood', never)
    const all = ['flood', 'flood', 'flood', 'quiet'].map((client) =>
      lane.enter(client, never).then((done) => {
        order.push(client)
        done()
      }),
    )
    release()
    await Promise.all(all)
    expect(order.indexOf('quiet')).toBeLessThan(2)
    expect(order).toHaveLength(4)
  })

  it('works on no more of one client than allowed, while others go on', async () => {
    const lane = new FairLane(limits)
    await lane.enter('a', never)
    const second = lane.enter('a', never)
    await expect(lane.enter('b', never)).resolves.toBeTypeOf('function')
    await expect(Promise.race([second, Promise.resolve('waits')])).resolves.toBe('waits')
  })

  it('refuses what may not wait, of one client and of all', async () => {
    const lane = new FairLane(limits)
    await lane.enter('a', never)
    const waiting = [1, 2, 3].map(() => lane.enter('a', never))
    await expect(lane.enter('a', never)).rejects.toMatchObject({ code: 'too-busy' })
    await lane.enter('b', never)
    waiting.push(lane.enter('c', never))
    await expect(lane.enter('d', never)).rejects.toMatchObject({ code: 'too-busy', facts: { retryAfterMs: 2_000 } })
    expect(waiting).toHaveLength(4)
  })

  it('forgets those who left while they waited', async () => {
    const lane = new FairLane({ ...limits, atOnce: 1 })
    const release = await lane.enter('a', never)
    const leaving = new AbortController()
    const left = lane.enter('b', leaving.signal)
    const next = lane.enter('c', never)
    leaving.abort()
    await expect(left).rejects.toThrow('left')
    release()
    await expect(next).resolves.toBeTypeOf('function')
  })
})
