import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { compress } from '@/lib/pipeline/compress'
import { decompress } from '@/lib/pipeline/decompress'
import { inPieces, sampleBytes } from '../helpers/sample-bytes'
import { makeTestRun } from '../helpers/run-context'

const plain = sampleBytes(3_000_001)

async function compressed(compression: 'zstd' | 'gzip' | 'none', level = 3): Promise<Buffer> {
  const { stream, finished } = compress({ compression, level }, inPieces(plain, [65_536]), makeTestRun())
  const bytes = await buffer(stream)
  await finished
  return bytes
}

const decompressed = (compression: 'zstd' | 'gzip', bytes: Buffer, pieces = [50_000]) =>
  buffer(inPieces(bytes, pieces).pipe(decompress(compression)))

/** The zstd programs that this process started. */
function ownZstd(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        return stat.includes('(zstd)') && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid
      } catch {
        return false
      }
    })
    .map(Number)
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('compress', () => {
  it.each(['zstd', 'gzip', 'none'] as const)('%s gives the same bytes back', async (compression) => {
    const bytes = await compressed(compression)
    const back = await buffer(inPieces(bytes, [50_000]).pipe(decompress(compression)))
    expect(plain.equals(back)).toBe(true)
  })

  it.each([
    ['zstd', 'zstd', ['-dc']],
    ['gzip', 'gzip', ['-dc']],
  ] as const)('%s is what the standard %s program reads', async (compression, program, args) => {
    const back = spawnSync(program, args, { input: await compressed(compression), maxBuffer: 64 * 1024 * 1024 })
    expect(plain.equals(back.stdout)).toBe(true)
  })

  it('does zstd without the program as well, with a checksum in the frame', async () => {
    vi.stubEnv('PATH', '/nonexistent')
    const bytes = await compressed('zstd')
    vi.unstubAllEnvs()
    expect(plain.equals(await decompressed('zstd', bytes))).toBe(true)
    expect(bytes.readUInt8(4) & 0b100).toBe(0b100)
  })

  it('fails when the compressor is killed although its pipe ended cleanly (fault 2)', async () => {
    const endless = Readable.from(
      (async function* () {
        for (;;) yield sampleBytes(65_536)
      })(),
      { objectMode: false },
    )
    const { stream, finished } = compress({ compression: 'zstd', level: 3 }, endless, makeTestRun())
    stream.on('error', () => undefined).once('data', () => ownZstd().forEach((pid) => process.kill(pid, 'SIGKILL')))
    await expect(finished).rejects.toMatchObject({ code: 'command-failed', facts: { signal: 'SIGKILL' } })
    expect(endless.destroyed).toBe(true)
  })

  it.each(['zstd', 'gzip'] as const)(
    '%s fails with the error of its source and does not end its stream',
    async (compression) => {
      const broken = Readable.from(
        (async function* () {
          yield sampleBytes(300_000)
          throw new Error('the dump broke')
        })(),
        { objectMode: false },
      )
      const { stream, finished } = compress({ compression, level: 3 }, broken, makeTestRun())
      const read = buffer(stream)
      await expect(finished).rejects.toThrow('the dump broke')
      await expect(read).rejects.toThrow()
    },
  )
})

describe('decompress', () => {
  it.each(['zstd', 'gzip'] as const)('%s refuses a frame cut at any place (fault 39)', async (compression) => {
    const bytes = await compressed(compression)
    for (const length of [0, 1, 10, bytes.length >> 1, bytes.length - 4, bytes.length - 1]) {
      await expect(decompressed(compression, bytes.subarray(0, length)), `cut to ${length}`).rejects.toThrow()
    }
  })

  it.each(['zstd', 'gzip'] as const)('%s refuses anything after the frame', async (compression) => {
    const bytes = await compressed(compression)
    for (const rest of [Buffer.from('garbage'), Buffer.alloc(100)]) {
      const all = Buffer.concat([bytes, rest])
      await expect(decompressed(compression, all), 'in one piece').rejects.toThrow()
      await expect(decompressed(compression, all, [bytes.length, 1_000]), 'in a piece of its own').rejects.toThrow()
    }
  })

  it('notices a flipped bit in a zstd frame by its checksum (fault 38)', async () => {
    const bytes = await compressed('zstd')
    for (const at of [bytes.length >> 1, bytes.length - 100]) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at)
      await expect(decompressed('zstd', flipped)).rejects.toThrow()
    }
  })
})
