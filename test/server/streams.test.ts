import { createServer, type Server } from 'node:http'
import { PassThrough, pipeline, Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as openEvents } from '@/app/api/v1/admin/jobs/[id]/events/route'
import { GET as getOpenApi } from '@/app/api/v1/openapi.json/route'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { container } from '@/lib/server/container'
import { downloadResponse } from '@/lib/server/download-response'
import { streamsEach } from '@/lib/server/job-watch'
import { openApiText } from '@/lib/server/open-api-response'
import { startWeb, type Web } from '../helpers/web'

let web: Web
let token: string
beforeAll(async () => {
  web = await startWeb()
  token = await web.token('viewer')
})
afterAll(() => web.stop())

describe('the events of a job', () => {
  async function newJob(): Promise<string> {
    const actor = { type: 'cli', user: 'test', role: 'admin' }
    const row = await web.ctx.db.job.create({ data: { kind: 'backup', state: 'running', input: {}, actor } })
    return row.id
  }
  async function open(id: string, signal?: AbortSignal) {
    const headers = { authorization: `Bearer ${token}` }
    const request = new Request(`http://holdfast.test/api/v1/admin/jobs/${id}/events`, {
      headers,
      ...(signal ? { signal } : {}),
    })
    const response = await openEvents(request, { params: Promise.resolve({ id }) })
    if (!response.body) throw new Error('no body')
    return { response, reader: response.body.pipeThrough(new TextDecoderStream()).getReader() }
  }

  it('tell each change once, and end with the state it ended in', async () => {
    const id = await newJob()
    const { response, reader } = await open(id)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect((await reader.read()).value).toMatch(/^event: progress\ndata: \{.*"state":"running".*\}\n\n$/)
    await web.ctx.db.job.update({ where: { id }, data: { progress: { phase: 'uploading', doneBytes: 42 } } })
    expect((await reader.read()).value).toContain('"doneBytes":42')
    await web.ctx.db.job.update({ where: { id }, data: { state: 'failed', error: { code: 'x', message: 'No.' } } })
    expect((await reader.read()).value).toContain('"state":"failed"')
    expect((await reader.read()).done).toBe(true)
  })

  it('end when the client leaves', async () => {
    const leaving = new AbortController()
    const { reader } = await open(await newJob(), leaving.signal)
    await reader.read()
    leaving.abort()
    expect((await reader.read()).done).toBe(true)
  })

  it('of a job that does not exist are a problem, not a stream', async () => {
    const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
    const headers = { authorization: `Bearer ${token}` }
    const response = await openEvents(new Request('http://holdfast.test/', { headers }), {
      params: Promise.resolve({ id }),
    })
    expect(response.status).toBe(404)
  })
})

describe('many streams of events', () => {
  let server: Server
  let origin: string
  beforeAll(async () => {
    // Real connections to the route, as Next would make them.
    server = createServer((incoming, outgoing) => {
      const leaving = new AbortController()
      outgoing.on('close', () => leaving.abort())
      const id = incoming.url?.split('/').at(-2) ?? ''
      const request = new Request(`http://holdfast.test${incoming.url}`, {
        headers: { authorization: incoming.headers.authorization ?? '' },
        signal: leaving.signal,
      })
      void openEvents(request, { params: Promise.resolve({ id }) }).then((response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers))
        if (response.body) pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing, () => undefined)
        else outgoing.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  async function newJob(): Promise<string> {
    const actor = { type: 'cli', user: 'test', role: 'admin' }
    return (await web.ctx.db.job.create({ data: { kind: 'backup', state: 'running', input: {}, actor } })).id
  }
  async function open(id: string, as: string) {
    const leaving = new AbortController()
    const response = await fetch(`${origin}/api/v1/admin/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${as}` },
      signal: leaving.signal,
    })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    return { response, read: async () => (await reader?.read())?.value ?? '', leave: () => leaving.abort() }
  }

  it('are limited for each person and token, and a place is free again when one ends', async () => {
    const [id, one, another] = [await newJob(), await web.token('viewer'), await web.token('viewer')]
    const streams = await Promise.all(Array.from({ length: streamsEach }, () => open(id, one)))
    expect(streams.map(({ response }) => response.status)).toEqual(streams.map(() => 200))
    const tooMany = await open(id, one)
    expect(tooMany.response.status).toBe(429)
    expect(JSON.parse(await tooMany.read())).toMatchObject({
      code: 'too-many-streams',
      remedy: expect.stringContaining('GET /api/v1/admin/jobs/{id}'),
    })
    const other = await open(id, another)
    expect(other.response.status).toBe(200)

    streams.pop()?.leave()
    await expect.poll(async () => streams[streams.push(await open(id, one)) - 1]?.response.status).toBe(200)
    for (const stream of [...streams, other]) stream.leave()
    const { jobWatch } = await container()
    await expect.poll(() => jobWatch.open).toBe(0)
  })

  it('ask the catalog as often as one does', async () => {
    const id = await newJob()
    const tokens = [await web.token('viewer'), await web.token('viewer'), await web.token('viewer')]
    const each = tokens.flatMap((as) => Array.from({ length: streamsEach }, () => open(id, as)))
    const streams = await Promise.all(each)
    for (const stream of streams) await stream.read()
    const { looks, told } = await countLooks(async () => {
      const heard: string[][] = []
      for (let done = 1; done <= 5; done += 1) {
        await web.ctx.db.job.update({ where: { id }, data: { progress: { phase: 'uploading', doneBytes: done } } })
        heard.push(await Promise.all(streams.map(({ read }) => read())))
      }
      return heard
    })
    for (const stream of streams) stream.leave()
    told.forEach((texts, index) => {
      expect(texts.filter((text) => text.includes(`"doneBytes":${index + 1}`))).toHaveLength(streams.length)
    })
    // Each change is told by one look; a look between two finds nothing new. 48 streams of their own would need 240.
    expect(looks).toBeGreaterThanOrEqual(5)
    expect(looks).toBeLessThan(48)
  })

  /** Runs the work and counts what is asked of the catalog's table of jobs meanwhile, at the driver. */
  async function countLooks<T>(work: () => Promise<T>): Promise<{ looks: number; told: T }> {
    const query = pg.Client.prototype.query
    let looks = 0
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      if (/SELECT.*"job"/s.test(JSON.stringify(args[0]).replaceAll('\\"', '"'))) looks += 1
      return Reflect.apply(query, this, args)
    } as typeof query
    try {
      const told = await work()
      return { told, looks }
    } finally {
      pg.Client.prototype.query = query
    }
  }
})

describe('the OpenAPI document', () => {
  it('is made once, and not sent again to a client that has it', async () => {
    const ask = (headers: Record<string, string> = {}) =>
      getOpenApi(new Request('http://holdfast.test/api/v1/openapi.json', { headers }), { params: Promise.resolve({}) })
    const first = await ask()
    const etag = first.headers.get('etag') ?? ''
    expect(await first.json()).toMatchObject({ openapi: '3.1.0' })
    const again = await ask({ 'if-none-match': `"other", W/${etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200)
    expect(openApiText()).toBe(openApiText())
  })
})

describe('a download', () => {
  const file = { fileName: 'shop "x"\r\n.dump', contentType: 'application/octet-stream', sizeBytes: null }

  it('is the stream, under a file name that cannot break out of its header', async () => {
    const response = await downloadResponse({ ...file, stream: Readable.from([Buffer.from('PG'), Buffer.from('DMP')]) })
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="shop__x___.dump"')
    expect(await response.text()).toBe('PGDMP')
  })

  it('that fails before its first byte is an error that can be answered (fault 38)', async () => {
    const stream = new PassThrough()
    stream.destroy(new HoldfastError('object-damaged', 'The stored object was changed.'))
    await expect(downloadResponse({ ...file, stream })).rejects.toMatchObject({ code: 'object-damaged' })
  })

  it('that fails later breaks off instead of ending (fault 38)', async () => {
    const stream = new PassThrough()
    stream.write('PGDMP')
    const response = await downloadResponse({ ...file, stream })
    stream.destroy(new HoldfastError('object-damaged', 'The stored object was changed.'))
    await expect(response.text()).rejects.toThrow()
  })

  it('is closed when the client leaves in the middle', async () => {
    const stream = new PassThrough()
    stream.write('PGDMP')
    const response = await downloadResponse({ ...file, stream })
    // Not events.once: leaving early emits an error too, which is the client's and nobody's concern.
    const closed = new Promise<void>((done) => stream.once('close', done))
    stream.write('more')
    await response.body?.cancel()
    await closed
    expect(stream.destroyed).toBe(true)
  })

  it('reads no further ahead than its reader', async () => {
    let produced = 0
    const endless = new Readable({
      highWaterMark: 1024,
      read() {
        produced += 1024
        this.push(Buffer.alloc(1024))
      },
    })
    const response = await downloadResponse({ ...file, stream: endless })
    const reader = response.body?.getReader()
    for (let n = 0; n < 3; n += 1) await reader?.read()
    expect(produced).toBeLessThan(64 * 1024)
    await reader?.cancel()
  })
})
