import { describe, expect, it } from 'vitest'
import type { LogIndex } from '@/lib/contracts/repository/log-index'
import { logKey } from '@/lib/core/repository/log-paths'
import { openVault } from '@/lib/vault/open-vault'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { signDocument } from '@/lib/vault/signed-document'

const vault = openVault(Buffer.alloc(32, 7))
const stranger = openVault(Buffer.alloc(32, 8))
const trusted = new Set([vault.evidencePublicKey])
const hash = 'a'.repeat(64)

const segment = (number: number): LogIndex['segments'][number] => ({
  number,
  name: `00000001000000000000000${number}`,
  from: `0/${number}000000`,
  to: `0/${number + 1}000000`,
  lastCommitAt: null,
  sourceBytes: 16_777_216,
  sourceSha256: hash,
  storedBytes: 1_000,
  storedSha256: hash,
  compression: 'zstd',
  period: 1,
})
const index: LogIndex = {
  format: 'holdfast-log-index',
  version: 1,
  instanceId: 'instance',
  sourceId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  identity: '7427183920114572081',
  timeline: '00000001',
  number: 2,
  previous: { number: 1, sha256: hash },
  from: '0/1000000',
  to: '0/4000000',
  segments: [segment(1), segment(2), segment(3)],
  writtenAt: '2026-11-21T02:00:00.000Z',
  publicKey: vault.evidencePublicKey,
}
const keyOf = ({ number }: { number: number }) => logKey(index, { kind: 'index', number })
const refusal = (document: LogIndex, key = keyOf(document), signer = vault) =>
  signDocument(signer, document).then((bytes) => {
    expect(() => readLogIndex(key, bytes, trusted)).toThrow(expect.objectContaining({ code: 'signature-invalid' }))
  })

describe('an index of a log', () => {
  it('is read as it was signed', async () => {
    expect(readLogIndex(keyOf(index), await signDocument(vault, index), trusted)).toEqual(index)
    const first = { ...index, number: 1, previous: null }
    expect(readLogIndex(keyOf(first), await signDocument(vault, first), trusted)).toEqual(first)
  })

  it('is refused under the key of another one, or signed by another key (security 7)', async () => {
    await refusal(index, keyOf({ number: 3 }))
    await refusal(index, logKey({ ...index, timeline: '00000002' }, { kind: 'index', number: 2 }))
    await refusal(index, logKey({ ...index, identity: 'clone' }, { kind: 'index', number: 2 }))
    await refusal(index, keyOf(index), stranger)
    await refusal({ ...index, publicKey: stranger.evidencePublicKey }, keyOf(index), stranger)
  })

  it.each<[string, Partial<LogIndex>]>([
    ['follows none', { previous: null }],
    ['follows one that is not the one before', { previous: { number: 3, sha256: hash } }],
    ['has no segment', { segments: [] }],
    ['begins before its first segment', { from: '0/0' }],
    ['ends behind its last segment', { to: '0/5000000' }],
    ['has a segment twice', { segments: [segment(1), segment(1), segment(3)] }],
    ['has segments out of order', { segments: [segment(1), segment(3), segment(2)], to: segment(2).to }],
  ])('that %s is refused although it is signed', async (_case, wrong) => {
    await refusal({ ...index, ...wrong })
  })
})
