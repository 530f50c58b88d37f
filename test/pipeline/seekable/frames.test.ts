import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compress } from '@/lib/pipeline/compress'
import { decompress } from '@/lib/pipeline/decompress'
import { frameBytes } from '@/lib/pipeline/seekable/compress-frames'
import { decompressFrames } from '@/lib/pipeline/seekable/decompress-frames'
import { SeekTable, seekTableBytes } from '@/lib/pipeline/seekable/seek-table'
import { inPieces, sampleBytes } from '../../helpers/databases/sample-bytes'
import { makeTestRun } from '../../helpers/run-context'
import { tempDir } from '../../helpers/temp'

async function compressed(plain: Buffer, { pieces = [65_536], threads = 1 } = {}): Promise<Buffer> {
  const options = { compression: 'zstd', level: 2, threads, seekable: true } as const
  const { stream, finished } = compress(options, inPieces(plain, pieces), makeTestRun())
  const bytes = await buffer(stream)
  await finished
  return bytes
}
const decompressed = (bytes: Buffer, pieces: readonly number[]) =>
  buffer(inPieces(bytes, pieces).pipe(decompress('zstd', makeTestRun())))
const zstd = (args: string[], input: Buffer) => spawnSync('zstd', args, { input, maxBuffer: 1 << 28 })
const tableOf = (bytes: Buffer) => bytes.subarray(bytes.length - (seekTableBytes(bytes) ?? 0))
const plainPieces = fc.array(fc.integer({ min: 1, max: frameBytes }), { minLength: 1, maxLength: 4 })
const sizes = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }))
    .map(([n, beside]) => n * frameBytes + beside),
  fc.integer({ min: 1, max: 3 * frameBytes }),
)

describe('zstd in frames with a seek table', () => {
  it('is what zstd reads, for any size in pieces of any size by any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes.filter((size) => size > 0),
        plainPieces,
        fc.integer({ min: 1, max: 4 }),
        async (size, pieces, threads) => {
          const plain = sampleBytes(size)
          const bytes = await compressed(plain, { pieces: [...pieces, 65_536], threads })
          const read = zstd(['-dc'], bytes)
          expect(read.stderr.toString()).toBe('')
          expect(plain.equals(read.stdout)).toBe(true)
          expect(plain.equals(await decompressed(bytes, [...pieces, 65_536]))).toBe(true)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('has frames that can each be read alone, where the seek table says', async () => {
    const plain = sampleBytes(2 * frameBytes + 100_000)
    const bytes = await compressed(plain)
    const table = SeekTable.read(tableOf(bytes), { packedBytes: bytes.length, plainBytes: plain.length })
    if (!table) throw new Error('there is no seek table')
    expect(table.frameAt(0)).toBe(0)
    expect(table.frameAt(frameBytes - 1)).toBe(0)
    expect(table.frameAt(frameBytes)).toBe(1)
    expect(table.frameAt(plain.length - 1)).toBe(2)
    for (const frame of [0, 1, 2]) {
      const [packed, range] = [table.packedRange(frame), table.plainRange(frame)]
      const alone = zstd(['-dc'], bytes.subarray(packed.start, packed.end)).stdout
      expect(alone.equals(plain.subarray(range.start, range.end))).toBe(true)
    }
    await using dir = await tempDir('frames')
    const file = join(dir.path, 'part.zst')
    writeFileSync(file, bytes)
    // All frames, how many of them are skipped, and the checksum in each.
    expect(execFileSync('zstd', ['-l', file], { encoding: 'utf8' })).toMatch(/^ +4 +1 .* XXH64 /m)
    execFileSync('zstd', ['-q', '-t', file])
  })

  it('takes no other table for the one of the object', async () => {
    const plain = sampleBytes(frameBytes + 1)
    const bytes = await compressed(plain)
    const [table, total] = [tableOf(bytes), { packedBytes: bytes.length, plainBytes: plain.length }]
    expect(SeekTable.read(table, total)).not.toBeNull()
    expect(SeekTable.read(table, { ...total, plainBytes: plain.length + 1 })).toBeNull()
    expect(SeekTable.read(table, { ...total, packedBytes: bytes.length - 1 })).toBeNull()
    for (let at = 0; at < table.length; at += 1) {
      const other = Buffer.from(table)
      other.writeUInt8(other.readUInt8(at) ^ 0x44, at)
      expect(SeekTable.read(other, total), `byte ${at}`).toBeNull()
    }
    expect(seekTableBytes(zstd(['-c'], plain).stdout)).toBeNull()
    expect(seekTableBytes(Buffer.alloc(3))).toBeNull()
  })

  it('reads tables whose frames have checksums there, which other writers add', () => {
    const table = Buffer.alloc(8 + 2 * 12 + 9)
    const words = [0x184d2a5e, table.length - 8, 100, 1_000, 0xabcdef, 50, 500, 0x123456, 2]
    for (const [at, word] of words.entries()) table.writeUInt32LE(word, at * 4)
    table.writeUInt8(0x80, 36)
    table.writeUInt32LE(0x8f92eab1, 37)
    const read = SeekTable.read(table, { packedBytes: 150 + table.length, plainBytes: 1_500 })
    expect(read?.packedRange(1)).toEqual({ start: 100, end: 150 })
    expect(read?.plainRange(1)).toEqual({ start: 1_000, end: 1_500 })
  })

  it('passes the error of its source on and does not end its stream', async () => {
    const broken = Readable.from(
      (async function* () {
        yield sampleBytes(frameBytes + 1)
        throw new Error('the dump broke')
      })(),
      { objectMode: false },
    )
    const { stream, finished } = compress({ compression: 'zstd', level: 2, seekable: true }, broken, makeTestRun())
    const read = buffer(stream)
    read.catch(() => undefined)
    await expect(finished).rejects.toThrow('the dump broke')
    await expect(read).rejects.toThrow()
  })
})

describe.each([
  ['by the program', () => decompress('zstd', makeTestRun())],
  ['in this process', () => decompressFrames()],
])('decompress %s', (_how, stage) => {
  const decompressed = (bytes: Buffer, pieces: readonly number[]) => buffer(inPieces(bytes, pieces).pipe(stage()))
  /** Frames of every kind the program writes, by themselves and joined. */
  const kinds: Record<string, Buffer> = {
    'of nothing': zstd(['-c'], Buffer.alloc(0)).stdout,
    'of one byte': zstd(['-c'], Buffer.from('x')).stdout,
    'of what repeats': zstd(['-c'], Buffer.alloc(1_000_000)).stdout,
    'of what does not compress': zstd(['-c'], Buffer.from(sampleBytes(200_000).toString('base64'))).stdout,
    'without checksum': zstd(['-c', '--no-check'], sampleBytes(300_000)).stdout,
    'with its size': zstd(['-c', '--stream-size=70000'], sampleBytes(70_000)).stdout,
    'of a wide window': zstd(['-c', '--long=27'], sampleBytes(300_000)).stdout,
    'to be skipped': Buffer.from('5a2a4d180500000068656c6c6f', 'hex'),
    'to be skipped, empty': Buffer.from('502a4d1800000000', 'hex'),
  }

  it('reads what zstd reads: any frames one after the other, in pieces of any size', async () => {
    const anyPieces = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(kinds)), { minLength: 1, maxLength: 6 }),
        anyPieces,
        async (chosen, pieces) => {
          const bytes = Buffer.concat(['of one byte', ...chosen].map((kind) => kinds[kind] ?? Buffer.alloc(0)))
          const read = zstd(['-dc'], bytes)
          expect(read.status, read.stderr.toString()).toBe(0)
          expect(read.stdout.equals(await decompressed(bytes, pieces))).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('refuses frames that are cut anywhere but between two, and garbage between or behind them', async () => {
    const bytes = Buffer.concat(Object.values(kinds))
    const borders = new Set<number>()
    let at = 0
    for (const frame of Object.values(kinds)) borders.add((at += frame.length))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (length) => {
        const cut = decompressed(bytes.subarray(0, length), [50_000])
        if (borders.has(length)) await cut
        else await expect(cut).rejects.toThrow()
      }),
      {
        numRuns: 100,
        examples: [...borders].flatMap((border) =>
          [[border - 1], [border + 1]].filter(([n]) => (n ?? 0) < bytes.length),
        ) as [number][],
      },
    )
    for (const garbage of [Buffer.from('x'), Buffer.alloc(4), sampleBytes(100)]) {
      const one = kinds['of one byte'] ?? Buffer.alloc(0)
      for (const wrong of [
        [one, garbage],
        [one, garbage, one],
        [garbage, one],
      ]) {
        await expect(decompressed(Buffer.concat(wrong), [7])).rejects.toThrow()
      }
    }
    await expect(decompressed(kinds['to be skipped'] ?? Buffer.alloc(0), [50])).rejects.toThrow('does not decompress')
  })

  it('lets a slow reader set the pace, however little a frame was packed to', async () => {
    const bytes = zstd(['-c'], Buffer.alloc(256 << 20)).stdout
    const opened = inPieces(bytes, [65_536]).pipe(stage())
    let plain = 0
    for await (const chunk of opened) {
      plain += chunk.length
      expect(opened.readableLength).toBeLessThan(4 << 20)
    }
    expect(plain).toBe(256 << 20)
  })
})
