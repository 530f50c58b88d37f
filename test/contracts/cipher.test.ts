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
