import { existsSync } from 'node:fs'
import type { EvidenceDocument } from '@/lib/contracts/evidence'
import { verifyEvidence } from '@/lib/vault/verify-evidence'
import { bytes, duration, table, time } from './print'
import { readText } from './read-text'

/**
 * `verify-evidence FILE [--key KEY]`: what an evidence file proves. Needs no catalog and no network, so that it works
 * where no Holdfast ever ran. KEY is the public key in base64, as PEM, or a file with either.
 */
export async function verifyEvidenceFile(file: string, key: string | undefined) {
  const text = await readText(file)
  const trusted = key !== undefined && existsSync(key) ? await readText(key) : key
  const document = verifyEvidence(text, trusted)
  const json = { signature: 'valid', keyTrusted: trusted !== undefined, document }
  return { json, text: describe(document, trusted !== undefined), ok: document.verdict === 'passed' }
}

const meanings = {
  quick: 'every copy is there, and its bytes read back to their end with the right size and checksums',
  standard: 'it was restored without an error, with the same objects and sequences, and as many rows in each table',
  comprehensive:
    'it was restored without an error, and every object, row, sequence, constraint and index was compared with the archive',
} as const

function describe(document: EvidenceDocument, trusted: boolean): string {
  const { source, backup, signing, versions } = document
  const proves =
    document.verdict === 'passed'
      ? `PASSED at level ${document.level}: ${meanings[document.level]}.`
      : `${document.verdict.toUpperCase()} at level ${document.level}. It does not prove that the backup can be restored.`
  const facts = [
    ['Source', `${source.name}${source.database ? `, database ${source.database}` : ''} (${source.engine})`],
    ['Backup', `${backup.id}, taken ${time(backup.startedAt)}, ${bytes(backup.sourceBytes)}`],
    ...(backup.sequence ? [['Number', `${backup.sequence} of the backups of this source`]] : []),
    ['Manifest', backup.manifestSha256 ? `SHA-256 ${backup.manifestSha256}` : 'unknown'],
    ['Tested', `${time(document.startedAt)} to ${time(document.finishedAt)}, ${duration(document.durationMs)}`],
    ['Versions', `Holdfast ${versions.holdfast}${versions.server ? `, server ${versions.server}` : ''}`],
    ['Instance', document.instanceId],
    ['Key', signing.publicKey],
  ].map(([name = '', value = '']) => `${name.padEnd(9)} ${value}`)
  const checks = document.checks.map((check) => [
    check.name,
    check.verdict,
    String(check.expected ?? '-'),
    String(check.actual ?? '-'),
  ])
  const wrong = document.checks
    .filter((check) => check.verdict !== 'passed' && check.detail)
    .map((check) => `- ${check.name}: ${check.detail ?? ''}`)
  return [
    `The signature is valid: not a byte was changed since it was signed${trusted ? ', with the key that was given' : ''}.`,
    ...(trusted
      ? []
      : ['Who signed it is not known: compare the key with the one of the instance, or give that with --key.']),
    '',
    proves,
    '',
    ...facts,
    '',
    table(['check', 'verdict', 'expected', 'actual'], checks),
    ...wrong,
  ].join('\n')
}
