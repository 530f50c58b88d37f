import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import type { KeyHandOver } from '@/lib/core/repository/signed-list'
import { openVault } from '@/lib/vault/open-vault'
import { readSigned, signDocument } from '@/lib/vault/signed-document'
import { trustedKeys } from '@/lib/vault/trusted-keys'

const [a, b, c] = [7, 8, 9].map((byte) => openVault(Buffer.alloc(32, byte)))
if (!a || !b || !c) throw new Error('three vaults')
const schema = z.strictObject({ name: z.string(), count: z.number(), publicKey: z.string() })
const document = { name: 'Süd', count: 4, publicKey: a.evidencePublicKey }

const file = await signDocument(a, document)

describe('a signed document', () => {
  const trusted = new Set([a.evidencePublicKey])

  it('is read as it was signed', () => {
    expect(readSigned(file, schema, trusted)).toEqual(document)
  })

  it('is refused with any byte changed, cut or added (security 7)', () => {
    const accepted: string[] = []
    for (let at = 0; at < file.length; at += 1) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const copy = Buffer.from(file)
        copy.writeUInt8(copy.readUInt8(at) ^ flip, at)
        try {
          readSigned(copy, schema, trusted)
          accepted.push(`${at} ^ ${flip}`)
        } catch {
          // As it must be.
        }
      }
    }
    for (const bytes of [
      file.subarray(0, -1),
      Buffer.concat([file, Buffer.from('\n')]),
      Buffer.from('{}'),
      Buffer.alloc(0),
    ]) {
      expect(() => readSigned(bytes, schema, trusted)).toThrow(expect.objectContaining({ code: 'signature-invalid' }))
    }
    expect(accepted).toEqual([])
  })

  it('is refused when another key signed it, whatever key it names (security 7)', async () => {
    const forged = await signDocument(b, document)
    expect(() => readSigned(forged, schema, trusted)).toThrow('does not fit')
    const own = await signDocument(b, { ...document, publicKey: b.evidencePublicKey })
    expect(() => readSigned(own, schema, trusted)).toThrow('not trusted')
  })
})

describe('signing keys that followed each other (security 5)', () => {
  const handOver = async (from: typeof a, to: typeof a, signers = { from, to }): Promise<KeyHandOver> => {
    const text = {
      format: 'holdfast-key-hand-over' as const,
      version: 1 as const,
      instanceId: 'i',
      from: from.evidencePublicKey,
      to: to.evidencePublicKey,
      at: '2026-11-21T02:00:00.000Z',
    }
    const bytes = Buffer.from(canonicalJson(text))
    return {
      document: text,
      fromSignature: await signers.from.signEvidence(bytes),
      toSignature: await signers.to.signEvidence(bytes),
    }
  }
  const keys = [a, b, c].map((vault) => vault.evidencePublicKey)

  it.each([0, 1, 2])('are all trusted once one of them is known (%i)', async (known) => {
    const chain = [await handOver(b, c), await handOver(a, b)]
    expect([...trustedKeys([keys[known] ?? ''], chain)].sort()).toEqual([...keys].sort())
  })

  it('are not trusted when the one that is known did not sign the hand-over', async () => {
    const forward = await handOver(a, b, { from: b, to: b })
    expect([...trustedKeys([a.evidencePublicKey], [forward])]).toEqual([a.evidencePublicKey])
    const backward = await handOver(a, b, { from: a, to: a })
    expect([...trustedKeys([b.evidencePublicKey], [backward])]).toEqual([b.evidencePublicKey])
  })
})
