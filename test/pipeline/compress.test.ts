import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Compression } from '@/lib/contracts/engines/common'
import { compress } from '@/lib/pipeline/compress'
import { decompress } from '@/lib/pipeline/decompress'
import { inPieces, sampleBytes } from '../helpers/databases/sample-bytes'
import { makeTestRun } from '../helpers/run-context'

const plain = sampleBytes(3_000_001)
const programs = ['lz4', 'bzip2', 'xz'] as const
const codecs = ['zstd', 'gzip', 'lz4', 'bzip2', 'xz'] as const

async function compressed(compression: Compression, level = 3, threads = 1): Promise<Buffer> {
  const { stream, finished } = compress({ compression, level, threads }, inPieces(plain, [65_536]), makeTestRun())
  const bytes = await buffer(stream)
  await finished
  return bytes
}

const decompressed = (compression: Compression, bytes: Buffer, pieces = [50_000]) =>
  buffer(inPieces(bytes, pieces).pipe(decompress(compression, makeTestRun())))

/** The programs of that name that this process started. */
function own(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        return (
          stat.includes(`(${program})`) && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid
        )
      } catch {
        return false
      }
    })
    .map(Number)
}

/** The one of that name, when it has taken the place of what launched it. */
function started(program: string): Promise<number> {
  return vi.waitFor(() => {
    const [pid] = own(program)
    if (pid === undefined) throw new Error(`${program} does not run yet`)
    return pid
  })
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('compress', () => {
  it.each([...codecs, 'none'] as const)('%s gives the same bytes back', async (compression) => {
    const bytes = await compressed(compression)
    expect(plain.equals(await decompressed(compression, bytes))).toBe(true)
  })

  it.each([
    ['zstd', 19, 1],
    ['zstd', 3, 2],
    ['gzip', 19, 1],
    ['lz4', 19, 1],
    ['bzip2', 19, 1],
    ['xz', 6, 2],
  ] as const)('%s gives the same bytes back at level %i with %i threads', async (compression, level, threads) => {
    const bytes = await compressed(compression, level, threads)
    expect(bytes.length).toBeLessThan(plain.length * 0.7)
    expect(plain.equals(await decompressed(compression, bytes))).toBe(true)
  })

  it.each([
    ['zstd', 'zstd', ['-dc']],
    ['gzip', 'gzip', ['-dc']],
    ['lz4', 'lz4', ['-dc']],
    ['bzip2', 'bzip2', ['-dc']],
    ['xz', 'xz', ['-dc']],
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

  it.each([
    ['lz4', 'lz4'],
    ['bzip2', 'bzip2'],
    ['xz', 'xz-utils'],
  ] as const)('says which package to install when %s is missing', (compression, name) => {
    vi.stubEnv('PATH', '/nonexistent')
    const error = expect.objectContaining({
      code: 'command-missing',
      remedy: expect.stringContaining(`apt-get install ${name}.`),
    })
    expect(() => compress({ compression, level: 1 }, inPieces(plain, [65_536]), makeTestRun())).toThrow(error)
    expect(() => decompress(compression, makeTestRun())).toThrow(error)
  })

  it('fails when the compressor is killed although its pipe ended cleanly (fault 2)', async () => {
    const endless = Readable.from(
      (async function* () {
        for (;;) yield sampleBytes(65_536)
      })(),
      { objectMode: false },
    )
    const { stream, finished } = compress({ compression: 'zstd', level: 3 }, endless, makeTestRun())
    stream.on('error', () => undefined).once('data', () => own('zstd').forEach((pid) => process.kill(pid, 'SIGKILL')))
    await expect(finished).rejects.toMatchObject({ code: 'command-failed', facts: { signal: 'SIGKILL' } })
    expect(endless.destroyed).toBe(true)
  })

  it.each(codecs)('%s fails with the error of its source and does not end its stream', async (compression) => {
    const broken = Readable.from(
      (async function* () {
        yield sampleBytes(300_000)
        throw new Error('the dump broke')
      })(),
      { objectMode: false },
    )
    const { stream, finished } = compress({ compression, level: 3 }, broken, makeTestRun())
    const read = buffer(stream)
    read.catch(() => undefined)
    await expect(finished).rejects.toThrow('the dump broke')
    await expect(read).rejects.toThrow()
  })
})

describe('decompress', () => {
  it.each(codecs)('%s refuses a frame cut at any place (fault 39)', async (compression) => {
    const bytes = await compressed(compression)
    for (const length of [0, 1, 10, bytes.length >> 1, bytes.length - 4, bytes.length - 1]) {
      await expect(decompressed(compression, bytes.subarray(0, length)), `cut to ${length}`).rejects.toThrow()
    }
  })

  it.each(codecs)('%s refuses anything after the frame (fault 39)', async (compression) => {
    const bytes = await compressed(compression)
    for (const rest of [Buffer.from('garbage'), Buffer.alloc(100), sampleBytes(400_000)]) {
      const all = Buffer.concat([bytes, rest])
      await expect(decompressed(compression, all), 'in one piece').rejects.toThrow()
      await expect(decompressed(compression, all, [bytes.length, 1_000]), 'in a piece of its own').rejects.toThrow()
    }
  })

  it.each(['zstd', 'gzip', 'lz4', 'bzip2', 'xz'] as const)(
    'notices a flipped bit in a %s frame by its checksum (fault 38)',
    async (compression) => {
      const bytes = await compressed(compression)
      for (const at of [bytes.length >> 1, bytes.length - 100]) {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at)
        await expect(decompressed(compression, flipped)).rejects.toThrow()
      }
    },
  )

  it.each(programs)('fails when %s is killed, and does not blame the data (fault 2)', async (program) => {
    const bytes = await compressed(program)
    const held = Promise.withResolvers<void>()
    const source = Readable.from(
      (async function* () {
        yield bytes.subarray(0, bytes.length >> 1)
        await held.promise
        yield bytes.subarray(bytes.length >> 1)
      })(),
      { objectMode: false },
    )
    const stage = source.pipe(decompress(program, makeTestRun()))
    const read = buffer(stage)
    read.catch(() => undefined)
    process.kill(await started(program), 'SIGKILL')
    await expect(read).rejects.toMatchObject({ code: 'command-failed', facts: { signal: 'SIGKILL' } })
    held.resolve()
  })

  it.each(programs)('ends %s when the run is cancelled, with the reason of that (fault 11)', async (program) => {
    const run = makeTestRun()
    const bytes = await compressed(program)
    const stage = decompress(program, run)
    const read = buffer(stage)
    read.catch(() => undefined)
    stage.write(bytes.subarray(0, bytes.length >> 1))
    await started(program)
    run.abort(new Error('cancelled by the user'))
    await expect(read).rejects.toThrow('cancelled by the user')
    await vi.waitFor(() => expect(own(program)).toEqual([]))
  })

  it.each(programs)('ends %s when the reader goes away', async (program) => {
    const bytes = await compressed(program)
    const stage = decompress(program, makeTestRun())
    stage.write(bytes)
    await started(program)
    stage.destroy()
    await vi.waitFor(() => expect(own(program)).toEqual([]))
  })

  it.each(programs)('holds %s back for a slow reader (fault 23)', async (program) => {
    const zeros = spawnSync(program, ['-c'], { input: Buffer.alloc(64 << 20), maxBuffer: 1 << 28 }).stdout
    const stage = inPieces(zeros, [4_096]).pipe(decompress(program, makeTestRun()))
    stage.read(0)
    await vi.waitFor(() => expect(stage.readableLength).toBeGreaterThan(0))
    let before = -1
    await vi.waitFor(() => {
      const same = stage.readableLength === before
      before = stage.readableLength
      expect(same).toBe(true)
    })
    expect(stage.readableLength).toBeLessThan(4 << 20)
    expect((await buffer(stage)).length).toBe(64 << 20)
  })
})
