import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EvidenceDocument } from '@/lib/contracts/evidence'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { openVault } from '@/lib/vault/open-vault'
import { verifyEvidence } from '@/lib/vault/verify-evidence'
import { tempDir } from '@/test/helpers/temp'

const vault = openVault(Buffer.alloc(32, 7))
const other = openVault(Buffer.alloc(32, 8))
const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'
const at = '2026-11-21T02:00:00.000Z'

const document = (publicKey = vault.evidencePublicKey): EvidenceDocument => ({
  format: 'holdfast-evidence',
  version: 1,
  instanceId: id,
  restoreTestId: id,
  level: 'comprehensive',
  verdict: 'failed',
  source: { id, name: 'Shop “Süd”', engine: 'postgres', database: 'shop' },
  backup: {
    id,
    kind: 'logical',
    startedAt: at,
    finishedAt: at,
    sourceBytes: 9_007_199_254_740_991,
    storedBytes: 4_000,
    manifestSha256: 'ab'.repeat(32),
  },
  checks: [
    { name: 'row-counts', verdict: 'failed', expected: 3, actual: 2, detail: 'a: 3 in the archive\n2 restored' },
  ],
  facts: { steps: { restoreMs: 12.5 }, tables: 3, nothing: null },
  failure: { code: 'restore-test-failed', message: 'It failed.' },
  versions: { holdfast: '0.1.0', server: '15.20' },
  startedAt: at,
  finishedAt: at,
  durationMs: 5,
  signing: { algorithm: 'Ed25519', canonicalization: 'RFC 8785', publicKey },
})

const sign = async (value: EvidenceDocument, by = vault) =>
  canonicalJson({ document: value, signature: await by.signEvidence(Buffer.from(canonicalJson(value))) })

const file = await sign(document())

describe('signed evidence', () => {
  it('is accepted as it was signed, and says what it said', () => {
    expect(verifyEvidence(file)).toEqual(document())
    expect(verifyEvidence(`${file}\n`, vault.evidencePublicKey)).toEqual(document())
  })

  it('is refused when any byte of it is changed', () => {
    const bytes = Buffer.from(file)
    const accepted: number[] = []
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ flip
        try {
          verifyEvidence(changed.toString('utf8'))
          accepted.push(at)
        } catch (error) {
          expect(error).toMatchObject({ code: 'evidence-refused' })
        }
      }
    }
    expect(accepted).toEqual([])
  })

  it.each([
    ['formatted anew', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    [
      'given a member twice',
      (text: string) => text.replace('"verdict":"failed"', '"verdict":"passed","verdict":"failed"'),
    ],
    ['given a member more', (text: string) => text.replace('{"document"', '{"added":1,"document"')],
    ['spelled with escapes', (text: string) => text.replace('shop', '\\u0073hop')],
    ['cut', (text: string) => text.slice(0, -1)],
    ['emptied', () => ''],
  ])('is refused when it was %s', (_name, change) => {
    expect(change(file)).not.toBe(file)
    expect(() => verifyEvidence(change(file))).toThrow(/changed/)
  })

  it('of another key is refused when the key to trust is given, and only then', async () => {
    const forged = await sign(document(other.evidencePublicKey), other)
    expect(verifyEvidence(forged).verdict).toBe('failed')
    expect(() => verifyEvidence(forged, vault.evidencePublicKey)).toThrow('not with the key that was given')
    // Naming the trusted key without having it does not help.
    const posing = await sign(document(), other)
    expect(() => verifyEvidence(posing)).toThrow('signature does not fit')
    expect(() => verifyEvidence(file, 'no key')).toThrow('neither')
  })

  it('can be checked with openssl alone', async () => {
    await using dir = await tempDir('evidence')
    const { signature } = JSON.parse(file)
    const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(vault.evidencePublicKey, 'base64'),
    ]).toString('base64')}\n-----END PUBLIC KEY-----\n`
    const at = (name: string) => path.join(dir.path, name)
    // The canonical text of the document is a part of the canonical text of the file.
    const text = file.slice('{"document":'.length, file.lastIndexOf(',"signature":'))
    writeFileSync(at('document'), text)
    writeFileSync(at('signature'), Buffer.from(signature, 'base64'))
    writeFileSync(at('key.pem'), pem)
    expect(verifyEvidence(file, pem)).toEqual(document())
    const args = [
      '-verify',
      '-pubin',
      '-inkey',
      at('key.pem'),
      '-rawin',
      '-in',
      at('document'),
      '-sigfile',
      at('signature'),
    ]
    expect(execFileSync('openssl', ['pkeyutl', ...args], { encoding: 'utf8' })).toContain('Verified Successfully')
  })

  it('is signed with one key for one master key', () => {
    expect(openVault(Buffer.alloc(32, 7)).evidencePublicKey).toBe(vault.evidencePublicKey)
    expect(other.evidencePublicKey).not.toBe(vault.evidencePublicKey)
  })
})
