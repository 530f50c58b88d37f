import { randomBytes, createHash, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DestinationSpec, Storage } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { tempDir } from '../helpers/temp'
import { collect, endless, pieces, rejection } from '../storage/streams'
import { looseEnds } from '../storage/loose-ends'

interface Place {
  spec: DestinationSpec
  /** Puts an object there without the driver, which confirms each one. */
  plant(key: string): Promise<void>
  /** Everything that is there and is not an object: temporary files, unfinished uploads. */
  looseEnds(): Promise<string[]>
  close(): Promise<void>
}

const mebibyte = 1024 * 1024
const places: Record<string, () => Promise<Place>> = {
  local: async () => {
    const dir = await tempDir('storage')
    const spec = { id: randomUUID(), name: 'folder', kind: 'local', config: { path: dir.path }, secrets: {} }
    const plant = async (key: string) => {
      await mkdir(path.dirname(path.join(dir.path, key)), { recursive: true })
      await writeFile(path.join(dir.path, key), 'x')
    }
    return { spec, plant, looseEnds: () => looseEnds(dir.path), close: dir.remove }
  },
  s3: async () => {
    const bucket: TestBucket = await makeBucket()
    return {
      spec: bucket.spec({ prefix: 'team/a' }),
      plant: (key) => bucket.write(`team/a/${key}`, 'x'),
      looseEnds: bucket.uploads,
      close: async () => bucket.close(),
    }
  },
}

describe.each(Object.entries(places))('storage contract: %s', (_kind, makePlace) => {
  let place: Place
  let storage: Storage
  beforeAll(async () => {
    place = await makePlace()
    storage = openStorage(place.spec)
  })
  afterAll(async () => {
    await storage.close()
    await place.close()
  })
  const folder = () => `holdfast/v1/${randomUUID()}/`
  const store = (key: string, body: string | Buffer) =>
    storage.put(key, Readable.from([Buffer.from(body)]), {}, makeTestRun())

  it.each([0, 1, 5 * mebibyte, 8 * mebibyte, 8 * mebibyte + 1, 41 * mebibyte + 7])(
    'stores %i bytes and gives the same bytes back',
    async (size) => {
      const run = makeTestRun()
      const content = randomBytes(size)
      const key = `${folder()}archive.dump`
      const stored = await storage.put(key, pieces(content, 100_001), {}, run)
      expect(stored).toEqual({ key, sizeBytes: size, sha256: createHash('sha256').update(content).digest('hex') })
      expect(content.equals(await buffer(await storage.get(key, null, run)))).toBe(true)
      expect(await storage.head(key, run)).toMatchObject({ key, sizeBytes: size })
      expect(await place.looseEnds()).toEqual([])
    },
  )

  it('never overwrites an object, whatever its size (fault 32, security 19)', async () => {
    const run = makeTestRun()
    const key = `${folder()}manifest.json`
    await store(key, 'first')
    const body = Readable.from([Buffer.from('second')])
    await expect(storage.put(key, body, {}, run)).rejects.toMatchObject({ code: 'object-exists' })
    await expect(storage.put(key, endless(9 * mebibyte), {}, run)).rejects.toMatchObject({ code: 'object-exists' })
    expect(body.destroyed).toBe(true)
    expect((await buffer(await storage.get(key, null, run))).toString()).toBe('first')
  })

  it('lets exactly one of several writers of one name win (fault 32, security 19)', async () => {
    const key = `${folder()}manifest.json`
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((text) => store(key, text)))
    const won = results.filter((result) => result.status === 'fulfilled')
    expect(won).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'object-exists' })
    }
    const winner = ['a', 'b', 'c', 'd', 'e'][results.findIndex((result) => result.status === 'fulfilled')]
    expect((await buffer(await storage.get(key, null, makeTestRun()))).toString()).toBe(winner)
    expect(await place.looseEnds()).toEqual([])
  })

  it.each([100, 20 * mebibyte])('leaves nothing when the source fails after %i bytes (fault 2)', async (size) => {
    const run = makeTestRun()
    const key = `${folder()}archive.dump`
    const body = pieces(randomBytes(size), 65_536, new Error('pg_dump was killed'))
    await expect(storage.put(key, body, {}, run)).rejects.toThrow('pg_dump was killed')
    expect(await storage.head(key, run)).toBeNull()
    expect(await place.looseEnds()).toEqual([])
  })

  it('takes a source that was destroyed without an error for a failure, not for its end (fault 2)', async () => {
    const run = makeTestRun()
    const key = `${folder()}archive.dump`
    const body = endless(12 * mebibyte)
    let seen = 0
    body.on('data', (chunk: Buffer) => {
      seen += chunk.length
      if (seen > mebibyte) body.destroy()
    })
    body.pause()
    await expect(storage.put(key, body, {}, run)).rejects.toMatchObject({ code: 'source-failed' })
    const early = Readable.from([Buffer.from('x')])
    early.destroy()
    await expect(storage.put(key, early, {}, run)).rejects.toMatchObject({ code: 'source-failed' })
    expect(await storage.head(key, run)).toBeNull()
    expect(await place.looseEnds()).toEqual([])
  })

  it.each([0, 3 * mebibyte, 30 * mebibyte])(
    'stops on abort after %i bytes and leaves nothing (fault 11)',
    async (at) => {
      const run = makeTestRun()
      const key = `${folder()}archive.dump`
      const reason = new Error('cancelled by the user')
      const body = endless(Infinity, (sent) => {
        if (sent >= at) run.abort(reason)
      })
      expect(await rejection(storage.put(key, body, {}, run))).toBe(reason)
      expect(body.destroyed).toBe(true)
      expect(await storage.head(key, makeTestRun())).toBeNull()
      expect(await place.looseEnds()).toEqual([])
    },
  )

  it('does nothing for a run that is aborted already', async () => {
    const run = makeTestRun()
    const reason = new Error('too late')
    run.abort(reason)
    expect(await rejection(storage.head('holdfast/v1/x', run))).toBe(reason)
    expect(await rejection(collect(storage.list('holdfast/', run)))).toBe(reason)
    expect(await rejection(storage.delete(['holdfast/v1/x'], run))).toBe(reason)
    expect(await rejection(storage.probe(run))).toBe(reason)
  })

  it('ends a stream that is being read when the run is aborted', async () => {
    const run = makeTestRun()
    const key = `${folder()}archive.dump`
    await store(key, randomBytes(20 * mebibyte))
    const stream = await storage.get(key, null, run)
    const reason = new Error('cancelled by the user')
    const read = (async () => {
      for await (const chunk of stream) if ((chunk as Buffer).length > 0) run.abort(reason)
    })()
    expect(await rejection(read)).toBe(reason)
  })

  it('reads ranges with both ends included and refuses one past the end', async () => {
    const run = makeTestRun()
    const key = `${folder()}archive.dump`
    await store(key, '0123456789')
    const text = async (start: number, end: number) =>
      (await buffer(await storage.get(key, { start, end }, run))).toString()
    expect(await text(0, 0)).toBe('0')
    expect(await text(3, 6)).toBe('3456')
    expect(await text(9, 9)).toBe('9')
    await expect(text(5, 10)).rejects.toMatchObject({ code: 'object-damaged' })
  })

  it('tells a missing object apart', async () => {
    const run = makeTestRun()
    const key = `${folder()}nothing`
    expect(await storage.head(key, run)).toBeNull()
    await expect(storage.get(key, null, run)).rejects.toMatchObject({ code: 'object-not-found' })
    expect(await storage.delete([key], run)).toEqual([{ key, result: 'absent' }])
    expect(await collect(storage.list(key, run))).toEqual([])
  })

  it('lists what is below a prefix in key order, and only that', async () => {
    const run = makeTestRun()
    const base = folder()
    const keys = ['a-b', 'a/b', 'a/b.c', 'a/b-/c', 'a0', 'b/a', 'é', 'ab'].map((name) => base + name)
    for (const key of keys) await store(key, key)
    const sorted = keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)))
    const listed = await collect(storage.list(base, run))
    expect(listed.map((object) => object.key)).toEqual(sorted)
    expect(listed.map((object) => object.sizeBytes)).toEqual(sorted.map((key) => Buffer.byteLength(key)))
    const below = await collect(storage.list(`${base}a/`, run))
    expect(below.map((object) => object.key)).toEqual(['a/b', 'a/b-/c', 'a/b.c'].map((name) => base + name))
    const beginning = await collect(storage.list(`${base}a/b.`, run))
    expect(beginning.map((object) => object.key)).toEqual([`${base}a/b.c`])
  })

  it('lists past the first thousand (fault 34)', async () => {
    const run = makeTestRun()
    const base = folder()
    const names = Array.from({ length: 1_001 }, (_, index) => `${base}${String(index).padStart(5, '0')}`)
    const waiting = [...names]
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let key = waiting.pop(); key; key = waiting.pop()) await place.plant(key)
      }),
    )
    const listed = await collect(storage.list(base, run))
    expect(listed.map((object) => object.key)).toEqual(names)
  })

  it('deletes in the order given and reports each', async () => {
    const run = makeTestRun()
    const base = folder()
    await store(`${base}one`, '1')
    await store(`${base}two`, '2')
    const outcomes = await storage.delete([`${base}two`, `${base}none`, `${base}one`], run)
    expect(outcomes).toEqual([
      { key: `${base}two`, result: 'deleted' },
      { key: `${base}none`, result: 'absent' },
      { key: `${base}one`, result: 'deleted' },
    ])
    expect(await collect(storage.list(base, run))).toEqual([])
  })

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', '', '.', 'a\\b', 'a\0b'])(
    'refuses the key %j, which could leave its root (security 28)',
    async (key) => {
      const run = makeTestRun()
      await expect(store(key, 'x')).rejects.toMatchObject({ code: 'storage-failed' })
      await expect(storage.get(key, null, run)).rejects.toMatchObject({ code: 'storage-failed' })
      await expect(storage.delete([key], run)).rejects.toMatchObject({ code: 'storage-failed' })
    },
  )

  it('proves by a probe that it can write, read, list and delete, and leaves nothing of it (fault 35)', async () => {
    const run = makeTestRun()
    const report = await storage.probe(run)
    expect(report.checks.filter((check) => check.result === 'failed')).toEqual([])
    expect(report).toMatchObject({ ok: true })
    expect(report.error).toBeUndefined()
    expect(await collect(storage.list('holdfast/probe/', run))).toEqual([])
    expect(await place.looseEnds()).toEqual([])
  })
})
