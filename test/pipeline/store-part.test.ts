import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ciphers } from '@/lib/cipher/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { openPart } from '@/lib/pipeline/open-part'
import { type StorePartInput, type StoredPart, storePart } from '@/lib/pipeline/store-part'
import { Throttle } from '@/lib/pipeline/throttle'
import { verifyPart } from '@/lib/pipeline/verify-part'
import type { RunContext } from '@/lib/ports/run-context'
import type { StoredObject } from '@/lib/ports/storage'
import { isGroupAlive } from '@/lib/process/process-group'
import { runCommand } from '@/lib/process/run-command'
import { makeMemoryStorage } from '../helpers/memory-storage'
import { makeTestRun } from '../helpers/run-context'
import { inPieces, sampleBytes, sha256 } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

const bin = (name: string) => join(import.meta.dirname, '../fixtures/bin', name)
const plain = sampleBytes(4_000_003)
const cipher = ciphers.age
let identity: string
let recipient: string
beforeAll(async () => {
  ;({ identity, recipient } = await cipher.makeKey())
})
const encrypt = () => cipher.encrypt([recipient])
const decrypt = () => cipher.decrypt(identity)

const produceBytes = (bytes: Buffer) => () => ({ stream: inPieces(bytes, [65_536]), finished: Promise.resolve() })

/** A tool as producer; tells its process group. */
function produceBy(file: string, args: string[], groups: number[] = []) {
  return (run: RunContext) => {
    const command = runCommand({ file: bin(file), args }, run)
    groups.push(command.pid)
    return { stream: command.stdout, finished: command.exited }
  }
}

function makeSink(id: string, run: RunContext, store = makeMemoryStorage()) {
  return { store, sink: { id, consume: (body: Readable) => store.put('part', body, {}, run) } }
}

function inputOf(overrides: Partial<StorePartInput> & Pick<StorePartInput, 'sinks'>): StorePartInput {
  return {
    produce: produceBytes(plain),
    compression: 'zstd',
    compressionLevel: 3,
    encrypt,
    ...overrides,
  }
}

function partOf(
  stored: StoredPart,
  compression: ManifestPart['compression'],
  encryption: 'age' | 'none',
): ManifestPart {
  const { sourceBytes, sourceSha256, storedBytes, storedSha256 } = stored
  return {
    role: 'archive',
    file: 'part',
    sourceBytes,
    sourceSha256,
    storedBytes,
    storedSha256,
    compression,
    encrypted: encryption === 'age',
    facts: {},
  }
}

describe('a part that is stored', () => {
  it.each([
    ['zstd', true],
    ['gzip', true],
    ['none', true],
    ['zstd', false],
    ['none', false],
  ] as const)('comes back equal through %s, encrypted: %s', async (compression, encrypted) => {
    const run = makeTestRun()
    const { store, sink } = makeSink('a', run)
    const stored = await storePart(inputOf({ compression, encrypt: encrypted ? encrypt : null, sinks: [sink] }), run)
    expect(stored.outcomes.get('a')).toMatchObject({ ok: true })
    expect(stored).toMatchObject({ sourceBytes: plain.length, sourceSha256: sha256(plain) })
    const object = store.objects.get('part') ?? Buffer.alloc(0)
    expect(stored).toMatchObject({ storedBytes: object.length, storedSha256: sha256(object) })
    const part = partOf(stored, compression, encrypted ? 'age' : 'none')
    const opened = await openPart({ storage: store, key: 'part', part, decrypt: encrypted ? decrypt : null }, run)
    expect(plain.equals(await buffer(opened))).toBe(true)
    const verified = await verifyPart({ storage: store, key: 'part', part, decrypt }, run)
    expect(verified).toEqual({ storedBytes: object.length, sourceBytes: plain.length })
  })

  it('is readable with nothing but the age and zstd programs: compressed, then encrypted (fault 24, security 4, 6)', async () => {
    await using dir = await tempDir('part')
    const run = makeTestRun()
    const { store, sink } = makeSink('a', run)
    await storePart(inputOf({ sinks: [sink] }), run)
    writeFileSync(join(dir.path, 'key'), identity, { mode: 0o600 })
    writeFileSync(join(dir.path, 'part.zst.age'), store.objects.get('part') ?? '')
    const opened = spawnSync('sh', ['-c', 'age -d -i key part.zst.age | zstd -dc'], {
      cwd: dir.path,
      maxBuffer: 1 << 26,
    })
    expect(plain.equals(opened.stdout)).toBe(true)
  })

  it('goes to every destination, and one that fails does not harm the others (fault 33)', async () => {
    const run = makeTestRun()
    const good = makeSink('good', run)
    const failsLate = async (body: Readable): Promise<StoredObject> => {
      for await (const chunk of body)
        if (Buffer.isBuffer(chunk)) throw new HoldfastError('storage-full', 'The disk is full')
      throw new Error('no data')
    }
    const failsAtOnce = () => Promise.reject(new HoldfastError('storage-denied', 'No permission'))
    const sinks = [{ id: 'late', consume: failsLate }, good.sink, { id: 'at-once', consume: failsAtOnce }]
    const stored = await storePart(inputOf({ sinks }), run)
    expect(stored.outcomes.get('good')).toMatchObject({ ok: true })
    expect(stored.outcomes.get('late')).toMatchObject({ ok: false, error: { code: 'storage-full' } })
    expect(stored.outcomes.get('at-once')).toMatchObject({ ok: false, error: { code: 'storage-denied' } })
    const part = partOf(stored, 'zstd', 'age')
    await verifyPart({ storage: good.store, key: 'part', part, decrypt }, run)
  })

  it('reports progress with the whole, at most twice a second', async () => {
    const run = makeTestRun()
    await storePart(inputOf({ sinks: [makeSink('a', run).sink], expectedBytes: plain.length * 2 }), run)
    expect(run.progressed.length).toBeGreaterThan(0)
    expect(run.progressed.length).toBeLessThan(10)
    expect(run.progressed[0]).toMatchObject({ phase: 'uploading', totalBytes: plain.length * 2 })
  })

  it('is slowed down to the rate limit', async () => {
    const run = makeTestRun()
    const bytes = sampleBytes(600_000)
    const started = performance.now()
    const sinks = [makeSink('a', run).sink]
    await storePart(
      inputOf({
        produce: produceBytes(bytes),
        compression: 'none',
        encrypt: null,
        throttle: new Throttle(400_000),
        sinks,
      }),
      run,
    )
    expect(performance.now() - started).toBeGreaterThan(1_000)
  })
})

describe('a part that is not whole is stored nowhere', () => {
  /** Stores with a failing producer and tells what the store then holds. */
  async function storeFailing(
    produce: StorePartInput['produce'],
    more: Partial<StorePartInput> = {},
    run = makeTestRun(),
  ) {
    const { store, sink } = makeSink('a', run)
    const bodyErrors: unknown[] = []
    const consume = (body: Readable) => {
      body.on('error', (error) => bodyErrors.push(error))
      return sink.consume(body)
    }
    const error = await storePart(inputOf({ ...more, produce, sinks: [{ id: 'a', consume }] }), run).then(
      () => null,
      (reason: unknown) => reason,
    )
    return { error, objects: store.objects, bodyErrors }
  }

  it.each(['zstd', 'gzip', 'none'] as const)(
    'when the producer fails after nine tenths and its pipe ends cleanly, with %s (fault 1)',
    async (compression) => {
      const { error, objects, bodyErrors } = await storeFailing(produceBy('fail-after', ['3600000', 'exit', '1']), {
        compression,
      })
      expect(error).toMatchObject({ code: 'command-failed', facts: { exitCode: 1 } })
      expect(objects.size).toBe(0)
      expect(bodyErrors).toHaveLength(1)
    },
  )

  it('when the producer is killed in mid-stream (fault 2)', async () => {
    const { error, objects } = await storeFailing(produceBy('fail-after', ['3600000', 'kill', 'KILL']))
    expect(error).toMatchObject({ code: 'command-failed', facts: { signal: 'SIGKILL' } })
    expect(objects.size).toBe(0)
  })

  it('when the producer exits 0 without having written anything (fault 3)', async () => {
    const { error, objects } = await storeFailing(produceBy('fail-after', ['0', 'exit', '0']))
    expect(error).toMatchObject({ code: 'producer-truncated' })
    expect(objects.size).toBe(0)
  })

  it('when the producer reports failure long after its stream has ended (fault 1)', async () => {
    const lateFailure = Promise.withResolvers<void>()
    const produce = () => {
      const stream = inPieces(plain, [65_536])
      stream.once('end', () =>
        setTimeout(() => lateFailure.reject(new HoldfastError('producer-failed', 'no end marker')), 200),
      )
      return { stream, finished: lateFailure.promise }
    }
    const { error, objects } = await storeFailing(produce)
    expect(error).toMatchObject({ code: 'producer-failed' })
    expect(objects.size).toBe(0)
  })

  it('when it is cancelled: every process is gone and the reason is kept (fault 11)', async () => {
    const run = makeTestRun()
    const groups: number[] = []
    const endless = produceBy('endless', [], groups)
    const storing = storeFailing(endless, { onProgress: () => run.abort(new Error('cancelled by the user')) }, run)
    const { error, objects } = await storing
    expect(error).toMatchObject({ message: 'cancelled by the user' })
    expect(objects.size).toBe(0)
    expect(groups.map(isGroupAlive)).toEqual([false])
  })

  it('and when every destination has failed, the producer is ended at once and the outcomes say why (fault 31)', async () => {
    const groups: number[] = []
    const full = () => Promise.reject(new HoldfastError('storage-full', 'The bucket is full'))
    const sinks = [
      { id: 'a', consume: full },
      { id: 'b', consume: full },
    ]
    const stored = await storePart(inputOf({ produce: produceBy('endless', [], groups), sinks }), makeTestRun())
    expect([...stored.outcomes.values()].map((outcome) => outcome.ok)).toEqual([false, false])
    expect(stored.outcomes.get('b')).toMatchObject({ error: { code: 'storage-full' } })
    expect(groups.map(isGroupAlive)).toEqual([false])
  })

  it('and a destination that reports other bytes than were sent has failed (fault 29)', async () => {
    const run = makeTestRun()
    const lying = {
      id: 'lying',
      consume: async (body: Readable) => ({ ...(await makeSink('x', run).sink.consume(body)), sha256: 'f'.repeat(64) }),
    }
    const stored = await storePart(inputOf({ sinks: [lying, makeSink('a', run).sink] }), run)
    expect(stored.outcomes.get('lying')).toMatchObject({ ok: false, error: { code: 'object-damaged' } })
    expect(stored.outcomes.get('a')).toMatchObject({ ok: true })
  })

  it('and a destination that reports success before the end has failed', async () => {
    const early = { id: 'early', consume: () => Promise.resolve({ key: 'part', sizeBytes: 0, sha256: '' }) }
    const run = makeTestRun()
    const stored = await storePart(inputOf({ sinks: [early, makeSink('a', run).sink] }), run)
    expect(stored.outcomes.get('early')).toMatchObject({ ok: false, error: { code: 'storage-failed' } })
  })

  it('holds back a fast source for a slow destination (fault 23)', async () => {
    let produced = 0
    const chunk = sampleBytes(1 << 20)
    const stream = Readable.from(
      (function* () {
        for (; produced < 200; produced++) yield chunk
      })(),
      { objectMode: false },
    )
    const waiting = Promise.withResolvers<void>()
    const run = makeTestRun()
    const slow = {
      id: 'slow',
      consume: async (body: Readable) => {
        await waiting.promise
        return makeMemoryStorage().put('x', body, {}, run)
      },
    }
    const produce = () => ({ stream, finished: Promise.resolve() })
    const storing = storePart(
      inputOf({ produce, compression: 'none', encrypt: null, sinks: [slow, makeSink('fast', run).sink] }),
      run,
    )
    let before = -1
    await vi.waitFor(
      () => {
        const same = produced === before
        before = produced
        expect(same && produced > 0).toBe(true)
      },
      { interval: 200 },
    )
    expect(produced).toBeLessThan(20)
    waiting.resolve()
    expect((await storing).sourceBytes).toBe(200 << 20)
  })
})

describe('a stored object that was damaged', () => {
  const run = makeTestRun()
  const store = makeMemoryStorage()
  const parts = new Map<string, ManifestPart>()
  const cases = [
    ['zstd', 'age'],
    ['gzip', 'none'],
    ['zstd', 'none'],
    ['none', 'none'],
  ] as const
  beforeAll(async () => {
    for (const [compression, encryption] of cases) {
      const key = `${compression}-${encryption}`
      const sink = { id: key, consume: (body: Readable) => store.put(key, body, {}, run) }
      const input = inputOf({ compression, encrypt: encryption === 'age' ? encrypt : null, sinks: [sink] })
      parts.set(key, partOf(await storePart(input, run), compression, encryption))
    }
  })

  async function expectDamaged(key: string, change: (good: Buffer) => Buffer): Promise<void> {
    const part = parts.get(key)
    const good = store.objects.get(key)
    if (!part || !good) throw new Error(`no object ${key}`)
    const damagedStore = makeMemoryStorage()
    damagedStore.objects.set('dir/part', change(Buffer.from(good)))
    const verifying = verifyPart({ storage: damagedStore, key: 'dir/part', part, decrypt }, run)
    await expect(verifying).rejects.toMatchObject({ code: 'object-damaged', facts: { key: 'dir/part' } })
  }

  describe.each(cases.map(([compression, encryption]) => `${compression}-${encryption}`))('%s', (key) => {
    it.each([
      ['head', 3],
      ['middle', 0.5],
      ['tail', -1],
    ])('is noticed for a bit flipped in the %s (fault 38)', (_, place) =>
      expectDamaged(key, (bytes) => {
        const at = place === 0.5 ? bytes.length >> 1 : (place + bytes.length) % bytes.length
        bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
        return bytes
      }),
    )
    it('is noticed for any byte of the first 300 that changes (fault 38)', async () => {
      for (let at = 0; at < 300; at += 1) {
        await expectDamaged(key, (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at)
          return bytes
        })
      }
    })
    it('is noticed when it was cut, emptied or grew (fault 39)', async () => {
      await expectDamaged(key, (bytes) => bytes.subarray(0, bytes.length - 1))
      await expectDamaged(key, (bytes) => bytes.subarray(0, bytes.length >> 1))
      await expectDamaged(key, () => Buffer.alloc(0))
      await expectDamaged(key, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))
    })
    it('is noticed when it was swapped with another object (fault 39, security 2)', () =>
      expectDamaged(key, () => store.objects.get(key === 'zstd-age' ? 'zstd-none' : 'zstd-age') ?? Buffer.alloc(0)))
  })

  it('is an error of the store when it is gone (fault 39)', async () => {
    const part = parts.get('zstd-age')
    if (!part) throw new Error('no part')
    await expect(verifyPart({ storage: makeMemoryStorage(), key: 'gone', part, decrypt }, run)).rejects.toMatchObject({
      code: 'object-not-found',
    })
  })

  it('is not blamed when only the key is another', async () => {
    const part = parts.get('zstd-age')
    if (!part) throw new Error('no part')
    const other = await cipher.makeKey()
    const decryptWithOther = () => cipher.decrypt(other.identity)
    await expect(
      verifyPart({ storage: store, key: 'zstd-age', part, decrypt: decryptWithOther }, run),
    ).rejects.toMatchObject({
      code: 'key-missing',
    })
    await expect(verifyPart({ storage: store, key: 'zstd-age', part, decrypt: null }, run)).rejects.toMatchObject({
      code: 'key-missing',
    })
  })
})
