import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { decryptAge } from '@/lib/cipher/age/decrypt'
import { readAgeVectors, type AgeVector } from '../helpers/databases/age-vectors'
import { inPieces, sha256 } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

/** What the format's own words come to in ours. */
const ours: Record<string, string> = {
  success: 'success',
  'no match': 'key-missing',
  'HMAC failure': 'object-damaged',
  'header failure': 'object-damaged',
  'payload failure': 'object-damaged',
}
/** The one vector without a key is an empty file, which is for nobody. */
const anyIdentity = await generateIdentity()
const vectors = readAgeVectors()

/** How our reading ended, and all that it gave out until then. */
async function open({ sealed, identity }: AgeVector, pieces: readonly number[]) {
  const stage = decryptAge(identity || anyIdentity)
  const released: Buffer[] = []
  stage.on('data', (chunk: Buffer) => released.push(chunk))
  const ended = await new Promise((resolve) => {
    stage.on('error', (error) => resolve('code' in error ? error.code : error.message))
    stage.on('end', () => resolve('success'))
    inPieces(sealed, pieces).pipe(stage)
  })
  return { ended, released: Buffer.concat(released) }
}

async function openByProgram({ sealed, identity }: AgeVector) {
  await using dir = await tempDir('age-vector')
  const key = join(dir.path, 'key.txt')
  writeFileSync(key, `${identity || anyIdentity}\n`, { mode: 0o600 })
  return spawnSync('age', ['-d', '-i', key], { input: sealed, maxBuffer: 64 << 20 })
}

describe('the public test vectors of the age format', () => {
  it('are all here that are about X25519 keys or the payload', () => {
    const counts: Record<string, number> = {}
    for (const { expected } of vectors) counts[expected] = (counts[expected] ?? 0) + 1
    expect(counts).toEqual({
      success: 14,
      'no match': 3,
      'HMAC failure': 1,
      'header failure': 31,
      'payload failure': 18,
    })
    expect(vectors.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['stream_last_chunk_empty', 'stream_empty_payload', 'stream_no_final_full']),
    )
  })

  describe.each(vectors)('$name', (vector) => {
    it('ends as it says by the age program, which gives out what it says', async () => {
      const { status, stdout } = await openByProgram(vector)
      expect(status === 0 ? 'success' : 'refused').toBe(vector.expected === 'success' ? 'success' : 'refused')
      if (vector.payloadSha256 === null) expect(stdout).toHaveLength(0)
      else expect(sha256(stdout)).toBe(vector.payloadSha256)
    })

    // The chunk before a wrong end may be given out or kept back, for its own seal is right: we keep it back.
    it.each([
      ['at once', [vector.sealed.length + 1]],
      ['in odd pieces', [1, 65_536, 7, 100_001, 3]],
    ])(`read %s: ${vector.expected}, and nothing given out that the program does not`, async (_how, pieces) => {
      const [{ ended, released }, program] = await Promise.all([open(vector, pieces), openByProgram(vector)])
      expect(ended).toBe(ours[vector.expected])
      expect(released.equals(program.stdout.subarray(0, released.length))).toBe(true)
      if (vector.expected === 'success') expect(sha256(released)).toBe(vector.payloadSha256)
    })
  })
})
