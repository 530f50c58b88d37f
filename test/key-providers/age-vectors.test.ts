import { Decrypter, generateIdentity, type Identity } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { keyProviders } from '@/lib/key-providers/index'
import { readAgeVectors, type AgeVector } from '../helpers/databases/age-vectors'

const anyIdentity = await generateIdentity()
const vectors = readAgeVectors()

/** What the format's own words come to when a header and its payload are read. */
const ends: Record<string, string> = { success: 'opened', 'no match': 'no match' }

async function endOf({ sealed }: AgeVector, identity: string | Identity): Promise<string> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(sealed).then(
    () => 'opened',
    (error: Error) => (error.message.includes('no identity matched') ? 'no match' : 'refused'),
  )
}

/** The local provider as an identity of the age library, and the code of what it threw. */
function asIdentity({ identity }: AgeVector) {
  const provider = keyProviders.local([identity || anyIdentity])
  const thrown: unknown[] = []
  const asked: Identity = {
    async unwrapFileKey(stanzas) {
      try {
        return await provider.unwrap(stanzas)
      } catch (error) {
        thrown.push(error instanceof Error && 'code' in error ? error.code : error)
        throw error
      }
    },
  }
  return { asked, thrown }
}

describe('the public test vectors of the age format, their stanzas read by the local provider', () => {
  it.each(vectors)('$name: $expected', async (vector) => {
    const { asked, thrown } = asIdentity(vector)
    expect(await endOf(vector, asked)).toBe(ends[vector.expected] ?? 'refused')
    expect(thrown.filter((code) => code !== 'object-damaged')).toEqual([])
  })

  it('end as the age library ends that reads them by itself', async () => {
    for (const vector of vectors) {
      const ours = await endOf(vector, asIdentity(vector).asked)
      expect(ours, vector.name).toBe(await endOf(vector, vector.identity || anyIdentity))
    }
  })

  it('hold malformed X25519 stanzas, each of which the provider refuses', async () => {
    const refused: string[] = []
    for (const vector of vectors) {
      const { asked, thrown } = asIdentity(vector)
      await endOf(vector, asked)
      if (thrown.length > 0) refused.push(vector.name)
    }
    expect(refused).toEqual([
      'x25519_extra_argument',
      'x25519_identity',
      'x25519_long_file_key',
      'x25519_long_share',
      'x25519_low_order',
      'x25519_not_canonical_share',
      'x25519_short_share',
    ])
  })
})
