import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ageCipher } from '@/lib/cipher/age/cipher'
import type { Compression } from '@/lib/contracts/engines/common'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { frameBytes } from '@/lib/pipeline/seekable/compress-frames'
import { openRanges } from '@/lib/pipeline/seekable/open-ranges'
import { verifyPart } from '@/lib/pipeline/verify-part'
import { storePart } from '@/lib/pipeline/store-part'
import type { BackupKey } from '@/lib/ports/cipher'
import { inPieces, sampleBytes } from '../../helpers/databases/sample-bytes'
import { makeMemoryStorage } from '../../helpers/memory-storage'
import { makeTestRun } from '../../helpers/run-context'

const plain = sampleBytes(5 * frameBytes + 12_345)
const run = makeTestRun()

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return changed
}
const zstdReads = (bytes: Buffer) => spawnSync('zstd', ['-q', '-t'], { input: bytes }).status === 0

describe.each([
  ['zstd', true],
  ['zstd', false],
  ['none', true],
  ['none', false],
] as const)('a part with compression %s, encrypted %s', (compression, encrypted) => {
  let key: BackupKey
  let part: ManifestPart
  let good: Buffer
  beforeAll(async () => {
    key = await ageCipher.makeKey()
    ;({ part, good } = await store(compression, true, encrypted ? key : null))
  })

  async function open(bytes: Buffer, { identity }: Pick<BackupKey, 'identity'> = key) {
    const reads: number[] = []
    const storage = makeMemoryStorage((count) => reads.push(count))
    storage.objects.set('part', bytes)
    const openSealed = (beginning: Buffer, sealed: number) => ageCipher.openRanges(identity, beginning, sealed)
    return { reads, part: await openRanges({ storage, key: 'part', part, openSealed }, run) }
  }
  const opened = async (bytes: Buffer) => {
    const { reads, part: ranges } = await open(bytes)
    if (!ranges) throw new Error('it cannot be read from the middle')
    return { reads, read: async (wanted: Range[]) => buffer(ranges.read(wanted, run)) }
  }

  it('gives exactly the bytes of any ranges, and reads no more than lies around them', async () => {
    const { read, reads } = await opened(good)
    expect(reads.length).toBeLessThanOrEqual(encrypted && compression === 'zstd' ? 2 : 1)
    const anyRanges = fc
      .uniqueArray(fc.nat({ max: plain.length }), { minLength: 2, maxLength: 12 })
      .map((places) => places.toSorted((a, b) => a - b))
      .map((places) => places.slice(1).map((end, index) => ({ start: places[index] ?? 0, end })))
      .chain((all) => fc.subarray(all, { minLength: 1 }))
    const near = fc.integer({ min: 1, max: 6 }).chain((frame) =>
      fc.integer({ min: -3, max: 3 }).map((beside) => {
        const start = Math.min(plain.length - 5, frame * frameBytes + beside)
        return [{ start, end: start + 5 }]
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyRanges, near), async (wanted) => {
        reads.length = 0
        const bytes = await read(wanted)
        expect(bytes.equals(Buffer.concat(wanted.map(({ start, end }) => plain.subarray(start, end))))).toBe(true)
        expect(reads.length).toBeLessThanOrEqual(wanted.length)
      }),
      { numRuns: 60 },
    )
    reads.length = 0
    await read([{ start: 3 * frameBytes + 100, end: 3 * frameBytes + 200 }])
    // One frame, or one chunk of the cipher.
    const least = compression === 'zstd' ? frameBytes * 0.7 : 1
    expect(reads).toEqual([expect.any(Number)])
    expect(reads[0]).toBeLessThan(least + 3 * 65_552)
  })

  it('joins what lies close together, and asks anew for what lies far apart', async () => {
    const { read, reads } = await opened(good)
    reads.length = 0
    await read(Array.from({ length: 2_000 }, (_, index) => ({ start: index * 1_000, end: index * 1_000 + 10 })))
    expect(reads.length).toBeLessThanOrEqual(3)
    reads.length = 0
    await read([0, 4].map((frame) => ({ start: frame * frameBytes, end: frame * frameBytes + 1 })))
    expect(reads).toHaveLength(2)
  })

  it('refuses ranges that overlap or come in another order', async () => {
    const { read } = await opened(good)
    for (const wanted of [
      [
        { start: 10, end: 20 },
        { start: 15, end: 30 },
      ],
      [
        { start: 10, end: 20 },
        { start: 1, end: 2 },
      ],
      [{ start: 5, end: 5 }],
    ]) {
      await expect(read(wanted)).rejects.toThrow(RangeError)
    }
  })

  it('is not hindered by damage elsewhere, and never gives out other bytes than were stored where it can tell', async () => {
    const middle = { start: 2 * frameBytes + 7, end: 2 * frameBytes + 90_000 }
    const wanted = plain.subarray(middle.start, middle.end)
    const share = good.length / plain.length
    const elsewhere = Buffer.from(good)
    for (const at of [Math.floor(0.5 * frameBytes * share), Math.floor(4.5 * frameBytes * share)])
      elsewhere.writeUInt8(elsewhere.readUInt8(at) ^ 1, at)
    expect(wanted.equals(await (await opened(elsewhere)).read([middle]))).toBe(true)
    let at = Math.floor((middle.start + middle.end) * 0.5 * share)
    // A few bits of a zstd block mean nothing: one is taken that the plain program misses.
    while (compression === 'zstd' && !encrypted && zstdReads(flipped(good, at))) at += 1
    const inside = flipped(good, at)
    const reading = (await opened(inside)).read([middle])
    // Without encryption and compression nothing shows it: the caller compares.
    if (!encrypted && compression === 'none') expect(wanted.equals(await reading)).toBe(false)
    else await expect(reading).rejects.toMatchObject({ code: 'object-damaged', facts: { key: 'part' } })
  })

  it('is read whole, or is damaged, when what the middle is found by is damaged or cut off', async () => {
    for (const size of [good.length - 1, good.length - 70_000, 100]) {
      const code = await open(good.subarray(0, size)).then(
        async ({ part: ranges }) =>
          ranges && (await buffer(ranges.read([{ start: plain.length - 1, end: plain.length }], run)).catch(codeOf)),
        codeOf,
      )
      expect([null, 'object-damaged']).toContain(code)
    }
    const wrong = Buffer.from(good)
    wrong.writeUInt8(wrong.readUInt8(good.length - 12) ^ 1, good.length - 12)
    const code = await open(wrong).then(({ part: ranges }) => (compression === 'zstd' ? ranges : null), codeOf)
    expect([null, 'object-damaged']).toContain(code)
  })

  it('is read whole with another key, and by everything that reads all of it', async () => {
    if (encrypted) expect((await open(good, await ageCipher.makeKey())).part).toBeNull()
    const storage = makeMemoryStorage()
    storage.objects.set('part', good)
    const decrypt = encrypted ? () => ageCipher.decrypt(key.identity) : null
    const verified = await verifyPart({ storage, key: 'part', part, decrypt }, run)
    expect(verified).toEqual({ storedBytes: good.length, sourceBytes: plain.length })
  })
})

interface Range {
  start: number
  end: number
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error)

async function store(compression: Compression, seekable: boolean, key: BackupKey | null) {
  const storage = makeMemoryStorage()
  const stored = await storePart(
    {
      produce: () => ({ stream: inPieces(plain, [65_536]), finished: Promise.resolve() }),
      compression,
      compressionLevel: 2,
      seekable,
      encrypt: key && (() => ageCipher.encrypt([key.recipient])),
      sinks: [{ id: 'a', consume: (body: Readable) => storage.put('part', body, {}, run) }],
    },
    run,
  )
  const { outcomes: _, ...sums } = stored
  const part = { role: 'files', file: 'part', ...sums, compression, encrypted: key !== null, facts: {} }
  return { part, good: storage.objects.get('part') ?? Buffer.alloc(0) }
}

describe('a file of the format from another writer', () => {
  it('is read from the middle', async () => {
    const numbers = Buffer.from(Array.from({ length: 3_000 }, (_, index) => `${index + 1}\n`).join(''))
    const bytes = readFileSync(path.join(import.meta.dirname, '../../fixtures/seekable/numbers.zst'))
    const sums = { sourceBytes: numbers.length, storedBytes: bytes.length, sourceSha256: '', storedSha256: '' }
    const part = { role: 'files', file: 'part', ...sums, compression: 'zstd', encrypted: false, facts: {} } as const
    const storage = makeMemoryStorage()
    storage.objects.set('part', bytes)
    const ranges = await openRanges({ storage, key: 'part', part, openSealed: null }, run)
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: numbers.length - 1 }),
        fc.integer({ min: 1, max: 9_000 }),
        async (start, length) => {
          const range = { start, end: Math.min(numbers.length, start + length) }
          const read = ranges && (await buffer(ranges.read([range], run)))
          expect(read?.equals(numbers.subarray(range.start, range.end))).toBe(true)
        },
      ),
    )
  })
})

describe('a part that was not made for it', () => {
  it.each([
    ['zstd', false],
    ['gzip', true],
    ['lz4', true],
  ] as const)('is read whole: %s', async (compression, seekable) => {
    const { part, good } = await store(compression, seekable, null)
    const storage = makeMemoryStorage()
    storage.objects.set('part', good)
    expect(await openRanges({ storage, key: 'part', part, openSealed: null }, run)).toBeNull()
  })
})
