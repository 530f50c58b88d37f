import type { Check } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { CopyFinding } from '@/lib/services/storage-care/record-finding'
import type { TaskArgs } from '../../task'
import { verifyCopy, type CopyToVerify } from '../verify/verify-copy'

/**
 * Looks at every copy: with `full` all bytes are read through decrypt and decompress to their end, else the manifest is
 * read and every object's size is compared.
 */
export async function verifyCopies(
  args: TaskArgs,
  backup: BackupModel & { copies: CopyToVerify[] },
  full: boolean,
): Promise<CopyFinding[]> {
  const findings: CopyFinding[] = []
  for (const copy of backup.copies.filter(({ state }) => ['stored', 'damaged', 'missing'].includes(state))) {
    findings.push(await verifyCopy(args, backup, copy, full ? 'plain' : 'present'))
  }
  return findings
}

/** One check a copy. */
export function copyChecks(findings: CopyFinding[], full: boolean): Check[] {
  if (findings.length === 0)
    return [{ name: 'copies', verdict: 'failed', detail: 'No stored copy of this backup exists.' }]
  return findings.map((finding) => ({
    name: full ? 'copy-reads-back' : 'copy-present',
    verdict: finding.state === 'stored' ? 'passed' : finding.state === 'unknown' ? 'inconclusive' : 'failed',
    detail: [finding.destinationName, finding.failure ? tellFailure(finding.failure) : finding.note]
      .filter((text) => text !== null)
      .join(': '),
  }))
}
