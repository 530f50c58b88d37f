import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decryptAge } from '@/lib/cipher/age/decrypt'
import { encryptAge } from '@/lib/cipher/age/encrypt'
import { inPieces, sampleBytes } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

const sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 5_000_003]
const oddPieces = [1, 65_536, 7, 100_001, 3]

let identity: string
let recipient: string
beforeAll(async () => {
  identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
})

async function through(stage: Transform, bytes: Buffer, pieces: readonly number[] = oddPieces): Promise<Buffer> {
  const source = inPieces(bytes, pieces)
  source.on('error', (error) => stage.destroy(error))
  return buffer(source.pipe(stage))
}

const encrypt = async (bytes: Buffer) => through(await encryptAge([recipient]), bytes)

/** What came out before the failure. */
async function failing(sealed: Buffer): Promise<{ code: unknown; released: Buffer }> {
  const stage = decryptAge(identity)
  const released: Buffer[] = []
  stage.on('data', (chunk: Buffer) => released.push(chunk))
  const code = await new Promise((resolve, reject) => {
    stage.on('error', (error) => resolve('code' in error ? error.code : error.message))
    stage.on('end', () => reject(new Error('damaged data was decrypted to its end')))
    inPieces(sealed, oddPieces).pipe(stage)
  })
  return { code, released: Buffer.concat(released) }
}

describe.each(sizes)('%i bytes', (size) => {
  const plain = sampleBytes(size)

  it('that we encrypted, the age library and we decrypt', async () => {
    const sealed = await encrypt(plain)
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    expect(plain.equals(await decrypter.decrypt(sealed))).toBe(true)
    expect(plain.equals(await through(decryptAge(identity), sealed))).toBe(true)
  })

  it('that the age library encrypted, we decrypt', async () => {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    const sealed = Buffer.from(await encrypter.encrypt(plain))
    expect(plain.equals(await through(decryptAge(identity), sealed))).toBe(true)
  })

  it('go both ways between us and the age program (security 4)', async () => {
    await using dir = await tempDir('age')
    const key = join(dir.path, 'key.txt')
    writeFileSync(key, `# a comment\n${identity}\n`, { mode: 0o600 })
    const limits = { maxBuffer: 64 * 1024 * 1024 }
    const opened = spawnSync('age', ['-d', '-i', key], { input: await encrypt(plain), ...limits })
    expect(opened.stderr.toString()).toBe('')
    expect(plain.equals(opened.stdout)).toBe(true)
    const sealed = spawnSync('age', ['-r', recipient], { input: plain, ...limits })
    expect(plain.equals(await through(decryptAge(identity), sealed.stdout))).toBe(true)
  })
})

describe('age files', () => {
  it('are equal after a round trip whatever the sizes of the writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300_000 }),
        fc.array(fc.integer({ min: 1, max: 150_000 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 150_000 }), { minLength: 1, maxLength: 5 }),
        async (size, writes, reads) => {
          const plain = sampleBytes(size)
          const small = (list: number[]) => [...list, 50_000]
          const sealed = await through(await encryptAge([recipient]), plain, small(writes))
          expect(plain.equals(await through(decryptAge(identity), sealed, small(reads)))).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('open for every one of several recipients and for nobody else (security 3)', async () => {
    const other = await generateIdentity()
    const plain = Buffer.from('for two')
    const sealed = await through(await encryptAge([recipient, await identityToRecipient(other)]), plain)
    expect((await through(decryptAge(other), sealed)).toString()).toBe('for two')
    const stranger = decryptAge(await generateIdentity())
    await expect(through(stranger, sealed)).rejects.toMatchObject({ code: 'key-missing' })
  })

  it('never use a file key or nonce twice (security 1)', async () => {
    const plain = Buffer.from('same')
    const [first, second] = await Promise.all([encrypt(plain), encrypt(plain)])
    expect(first.equals(second)).toBe(false)
  })

  it('refuse a recipient that is no key', async () => {
    await expect(encryptAge(['age1nonsense'])).rejects.toMatchObject({ code: 'key-invalid' })
  })
})

describe('damage to an age file is an error before anything of the damaged chunk is given out', () => {
  const plain = sampleBytes(200_000)
  let sealed: Buffer
  let headerBytes: number
  beforeAll(async () => {
    sealed = await encrypt(plain)
    headerBytes = sealed.indexOf('\n', sealed.indexOf('\n--- ') + 1) + 1
  })
  const chunk = 65_552
  const start = () => headerBytes + 16

  async function expectDamaged(bytes: Buffer, releasedAtMost = plain.length): Promise<void> {
    const { code, released } = await failing(bytes)
    expect(['object-damaged', 'key-missing']).toContain(code)
    expect(released.length).toBeLessThanOrEqual(releasedAtMost)
    expect(plain.subarray(0, released.length).equals(released)).toBe(true)
  }

  it('for a flipped bit anywhere (fault 38, security 1)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: sealed.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const flipped = Buffer.from(sealed)
          flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at)
          await expectDamaged(flipped, at < start() ? 0 : Math.floor((at - start()) / chunk) * 65_536)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('for a cut at any place (fault 39)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: sealed.length - 1 }), (length) =>
        expectDamaged(sealed.subarray(0, length)),
      ),
      { numRuns: 60 },
    )
  })

  it('for a cut exactly between two chunks (fault 39, security 1)', async () => {
    await expectDamaged(sealed.subarray(0, start() + chunk), 0)
    await expectDamaged(sealed.subarray(0, start() + 2 * chunk), 65_536)
  })

  it('for data after its end', async () => {
    await expectDamaged(Buffer.concat([sealed, Buffer.from('x')]))
    await expectDamaged(Buffer.concat([sealed, sealed]))
  })

  it('for two chunks that changed places (security 1, 2)', async () => {
    const at = start()
    const swapped = Buffer.concat([
      sealed.subarray(0, at),
      sealed.subarray(at + chunk, at + 2 * chunk),
      sealed.subarray(at, at + chunk),
      sealed.subarray(at + 2 * chunk),
    ])
    await expectDamaged(swapped, 0)
  })

  it('for something that is no age file', async () => {
    await expectDamaged(Buffer.from('PGDMP and no age file at all'), 0)
  })
})
