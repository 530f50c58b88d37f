import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ciphers, findCipher } from '@/lib/cipher/index'
import { type BuiltInFormat, builtInFormats, encryptionFormats } from '@/lib/contracts/encryption'
import { reading, unpackers } from '@/lib/core/repository/hand-reading'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { partFile, plainFile } from '@/lib/core/repository/paths'
import type { BackupKey } from '@/lib/ports/cipher'
import { inPieces, sampleBytes } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

/** What the suite has to know of a format: where its chunks end, and how its own program encrypts. */
const formats: Record<BuiltInFormat, { chunkBytes: number; seal: (recipient: string) => [string, ...string[]] }> = {
  age: { chunkBytes: 65_536, seal: (recipient) => ['age', '-r', recipient] },
}
const oddPieces = [1, 65_536, 7, 100_001, 3]

async function through(stage: Transform, bytes: Buffer, pieces: readonly number[] = oddPieces): Promise<Buffer> {
  const source = inPieces(bytes, pieces)
  source.on('error', (error) => stage.destroy(error))
  return buffer(source.pipe(stage))
}

/** How reading ended, and what was given out until then. */
async function ending(stage: Transform, sealed: Buffer): Promise<{ end: unknown; released: Buffer }> {
  const released: Buffer[] = []
  stage.on('data', (chunk: Buffer) => released.push(chunk))
  const end = await new Promise((resolve) => {
    stage.on('error', (error) => resolve('code' in error ? error.code : error.message))
    stage.on('end', () => resolve('success'))
    inPieces(sealed, oddPieces).pipe(stage)
  })
  return { end, released: Buffer.concat(released) }
}

describe.each(builtInFormats)('the format %s', (format) => {
  const cipher = ciphers[format]
  const { chunkBytes, seal } = formats[format]
  let key: BackupKey
  let other: BackupKey
  beforeAll(async () => {
    key = await cipher.makeKey()
    other = await cipher.makeKey()
  })
  const encrypt = async (plain: Buffer, pieces?: readonly number[]) =>
    through(await cipher.encrypt([key.recipient]), plain, pieces)

  /** What people type for a part, with nothing but the standard program. */
  async function openByHand(sealed: Buffer, { identity }: BackupKey) {
    await using dir = await tempDir('cipher')
    const file = partFile('archive.dump', 'none', format)
    writeFileSync(join(dir.path, file), sealed)
    writeFileSync(join(dir.path, 'backup.key'), `${identity}\n`, { mode: 0o600 })
    const command = reading({ role: 'archive', file, compression: 'none', encrypted: true })
    return spawnSync('bash', ['-ec', command], { cwd: dir.path, maxBuffer: 64 << 20 })
  }

  /** Sizes that lie on and beside the borders of chunks, and any others. */
  const sizes = fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -18, max: 18 }))
      .map(([chunks, beside]) => Math.max(0, chunks * chunkBytes + beside)),
    fc.integer({ min: 0, max: 5 * chunkBytes }),
  )
  const writes = fc
    .array(fc.integer({ min: 1, max: 2 * chunkBytes }), { minLength: 1, maxLength: 5 })
    .map((list) => [...list, 50_000])

  it('names its files as the repository does, and makes keys that are all different', async () => {
    expect(cipher.format).toBe(format)
    const file = partFile('archive.dump', 'zstd', format)
    expect(file).toBe(`archive.dump.zst${cipher.suffix}`)
    expect(plainFile(file)).toBe('archive.dump')
    expect(cipher.keyFile).toBe(`identity${cipher.suffix}`)
    expect(unpackers([{ role: 'archive', file, compression: 'none', encrypted: true }])).toEqual([seal('')[0]])
    expect(key.identity).not.toBe(other.identity)
    expect(await cipher.recipientOf(key.identity)).toBe(key.recipient)
    await expect(cipher.recipientOf('no key')).rejects.toMatchObject({ code: 'key-invalid' })
  })

  it('gives back equal bytes for any size in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, writes, writes, async (size, written, read) => {
        const plain = sampleBytes(size)
        const sealed = await encrypt(plain, written)
        expect(plain.equals(await through(cipher.decrypt(key.identity), sealed, read))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is read by its own program, and reads what that one wrote', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const plain = sampleBytes(size)
        const opened = await openByHand(await encrypt(plain), key)
        expect(opened.stderr.toString()).toBe('')
        expect(plain.equals(opened.stdout)).toBe(true)
        const [program, ...args] = seal(key.recipient)
        const sealed = spawnSync(program, args, { input: plain, maxBuffer: 64 << 20 }).stdout
        expect(plain.equals(await through(cipher.decrypt(key.identity), sealed))).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('opens for each of several recipients alone', async () => {
    const plain = sampleBytes(chunkBytes + 1)
    const sealed = await through(await cipher.encrypt([key.recipient, other.recipient]), plain)
    for (const each of [key, other]) {
      expect(plain.equals(await through(cipher.decrypt(each.identity), sealed))).toBe(true)
      expect(plain.equals((await openByHand(sealed, each)).stdout)).toBe(true)
    }
  })

  it('opens for no other key: key-missing at the end, and nothing is given out', async () => {
    for (const size of [0, 1, 3 * chunkBytes]) {
      const { end, released } = await ending(cipher.decrypt(other.identity), await encrypt(sampleBytes(size)))
      expect(end).toBe('key-missing')
      expect(released).toHaveLength(0)
    }
    expect((await ending(cipher.decrypt('no key'), await encrypt(sampleBytes(9)))).end).toBe('key-invalid')
    await expect(cipher.encrypt(['no key'])).rejects.toMatchObject({ code: 'key-invalid' })
  })

  it('never writes the same twice', async () => {
    const [first, second] = await Promise.all([encrypt(Buffer.from('same')), encrypt(Buffer.from('same'))])
    expect(first.equals(second)).toBe(false)
  })

  describe('read from the middle', () => {
    /** Its opener, given a beginning of the file that grows until it is enough. */
    async function opening(sealed: Buffer, identity = key.identity) {
      for (let length = 1; ; length = Math.min(2 * length, sealed.length)) {
        const opener = await cipher.openRanges(identity, sealed.subarray(0, length), sealed.length)
        if (opener) return opener
        if (length === sealed.length) throw new Error('the whole file is not enough')
      }
    }
    const part = (stored: Buffer, { start, end }: { start: number; end: number }) => stored.subarray(start, end)
    const ranges = fc
      .tuple(sizes, fc.double({ min: 0, max: 1, noNaN: true }), sizes)
      .map(([size, at, length]) => {
        const start = Math.floor(at * Math.max(0, size - 1))
        return { size, range: { start, end: Math.min(size, start + Math.max(1, length)) } }
      })
      .filter(({ size }) => size > 0)

    it('gives the same bytes as the whole, and reads only the chunks that hold them', async () => {
      await fc.assert(
        fc.asyncProperty(ranges, writes, async ({ size, range }, pieces) => {
          const plain = sampleBytes(size)
          const sealed = await encrypt(plain)
          const opener = await opening(sealed)
          expect(opener.plainBytes).toBe(size)
          const there = opener.sealedRange(range)
          const touched = Math.ceil(range.end / chunkBytes) - Math.floor(range.start / chunkBytes)
          expect(there.end - there.start).toBeLessThanOrEqual(touched * (chunkBytes + 64))
          const read = await through(opener.decrypt(range), part(sealed, there), pieces)
          expect(part(plain, range).equals(read)).toBe(true)
        }),
        { numRuns: 80 },
      )
    })

    it('reads what its own program wrote', async () => {
      const plain = sampleBytes(4 * chunkBytes + 5)
      const [program, ...args] = seal(key.recipient)
      const sealed = spawnSync(program, args, { input: plain, maxBuffer: 64 << 20 }).stdout
      const opener = await opening(sealed)
      for (const range of [
        { start: 0, end: 1 },
        { start: chunkBytes - 1, end: 3 * chunkBytes + 1 },
        { start: plain.length - 1, end: plain.length },
      ]) {
        const read = await through(opener.decrypt(range), part(sealed, opener.sealedRange(range)))
        expect(part(plain, range).equals(read)).toBe(true)
      }
    })

    it('refuses what was changed, moved, cut off or added within the range, and gives nothing wrong out', async () => {
      const plain = sampleBytes(6 * chunkBytes + 100)
      const sealed = await encrypt(plain)
      const opener = await opening(sealed)
      const faults: Record<string, (bytes: Buffer, at: number) => Buffer> = {
        changed: (bytes, at) => {
          bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
          return bytes
        },
        cut: (bytes, at) => bytes.subarray(0, at),
        shortened: (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
        added: (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from([0]), bytes.subarray(at)]),
        continued: (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
        'from the next chunk on': (bytes) => {
          const first = opener.sealedRange({ start: 0, end: 1 })
          const shift = first.end - first.start
          return Buffer.concat([bytes.subarray(shift), bytes.subarray(0, shift)])
        },
      }
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...Object.keys(faults)),
          fc.nat({ max: 4 * chunkBytes }),
          fc.integer({ min: chunkBytes + 1, max: 2 * chunkBytes }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (fault, start, length, place) => {
            const range = { start, end: start + length }
            const right = part(sealed, opener.sealedRange(range))
            const at = Math.floor(place * (right.length - 1))
            const wrong = faults[fault]?.(Buffer.from(right), at) ?? right
            const { end, released } = await ending(opener.decrypt(range), wrong)
            expect(end, fault).toBe('object-damaged')
            expect(part(plain, { start, end: start + released.length }).equals(released)).toBe(true)
          },
        ),
        { numRuns: 100 },
      )
    })

    it('takes no other end for the true one', async () => {
      const plain = sampleBytes(3 * chunkBytes + 9)
      const sealed = await encrypt(plain)
      const opener = await opening(sealed)
      /** How reading the last byte ends, when the file is said to have so many. */
      const endOf = async (size: number) => {
        try {
          const other = await cipher.openRanges(key.identity, sealed, size)
          if (!other) throw new Error('the header is all there')
          const range = { start: other.plainBytes - 1, end: other.plainBytes }
          const bytes = Buffer.concat([sealed, Buffer.alloc(2 * chunkBytes)])
          return (await ending(other.decrypt(range), part(bytes, other.sealedRange(range)))).end
        } catch (error) {
          return error instanceof HoldfastError ? error.code : error
        }
      }
      // Cut behind a whole chunk, within one, or longer than it was: with the size to match.
      const { end: whole } = opener.sealedRange({ start: 0, end: chunkBytes })
      for (const size of [whole, whole + 100, sealed.length - 1, sealed.length + 1, sealed.length + chunkBytes]) {
        expect(await endOf(size), `${size} bytes`).toBe('object-damaged')
      }
      expect(await endOf(sealed.length)).toBe('success')
      await expect(cipher.openRanges(key.identity, sealed.subarray(0, 100), 100)).rejects.toMatchObject({
        code: 'object-damaged',
      })
      expect(() => opener.sealedRange({ start: plain.length, end: plain.length + 1 })).toThrow(RangeError)
      expect(() => opener.decrypt({ start: 0, end: 0 })).toThrow(RangeError)
    })

    it('opens for no other key', async () => {
      const sealed = await encrypt(sampleBytes(9))
      await expect(opening(sealed, other.identity)).rejects.toMatchObject({ code: 'key-missing' })
      await expect(opening(sealed, 'no key')).rejects.toMatchObject({ code: 'key-invalid' })
      await expect(opening(Buffer.alloc(1_000))).rejects.toMatchObject({ code: 'object-damaged' })
    })
  })

  describe('is refused, and gives out nothing that was not encrypted', () => {
    const plain = sampleBytes(3 * chunkBytes + 9)
    let sealed: Buffer
    beforeAll(async () => {
      sealed = await encrypt(plain)
    })

    async function expectRefused(changed: Buffer): Promise<void> {
      const { end, released } = await ending(cipher.decrypt(key.identity), changed)
      // A change in the header may look like another key.
      expect(['object-damaged', 'key-missing']).toContain(end)
      expect(plain.subarray(0, released.length).equals(released)).toBe(true)
      expect(released.length).toBeLessThan(plain.length)
    }

    // The places that matter most lie at both ends; the rest is drawn from the whole.
    const places = () =>
      fc.oneof(
        fc.nat({ max: 300 }),
        fc.nat({ max: 300 }).map((back) => sealed.length - 1 - back),
        fc.nat({ max: sealed.length - 1 }),
      )

    it('with any bit flipped', async () => {
      await fc.assert(
        fc.asyncProperty(places(), fc.nat({ max: 7 }), (at, bit) => {
          const changed = Buffer.from(sealed)
          changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at)
          return expectRefused(changed)
        }),
        { numRuns: 150 },
      )
    })

    it('with any bytes cut off or out', async () => {
      await fc.assert(
        fc.asyncProperty(places(), fc.integer({ min: 1, max: 2 * chunkBytes }), async (at, count) => {
          await expectRefused(sealed.subarray(0, at))
          await expectRefused(Buffer.concat([sealed.subarray(0, at), sealed.subarray(at + count)]))
        }),
        { numRuns: 60 },
      )
    })

    it('with any byte added', async () => {
      await fc.assert(
        fc.asyncProperty(places(), fc.nat({ max: 255 }), async (at, byte) => {
          await expectRefused(Buffer.concat([sealed.subarray(0, at), Buffer.from([byte]), sealed.subarray(at)]))
          await expectRefused(Buffer.concat([sealed, Buffer.from([byte])]))
        }),
        { numRuns: 60 },
      )
      await expectRefused(Buffer.concat([sealed, sealed]))
    })
  })
})

describe('a format that a manifest may name', () => {
  it.each(encryptionFormats)('%s is built in, or refused by name', (format) => {
    const builtIn = builtInFormats.find((each) => each === format)
    if (builtIn) return expect(findCipher(format)).toBe(ciphers[builtIn])
    expect(() => findCipher(format)).toThrow(
      expect.objectContaining({
        code: 'format-unsupported',
        facts: { format },
        message: expect.stringContaining(format),
      }),
    )
  })
})
