import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as openEvents } from '@/app/api/v1/admin/jobs/[id]/events/route'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { downloadResponse } from '@/lib/server/download-response'
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
