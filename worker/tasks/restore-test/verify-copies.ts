import type { Check } from '@/lib/contracts/backup'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { Failure } from '@/lib/contracts/common'
import { verifyPart } from '@/lib/pipeline/verify-part'
import { openCopy } from '@/lib/services/backup/open-copy'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { BackupCopyModel } from '@/lib/db/generated/models/BackupCopy'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { TaskArgs } from '../../task'

/** What a copy is found to be. `unknown`: it could not be asked now. */
export interface CopyFinding {
  copyId: string
  destinationName: string
  state: 'stored' | 'missing' | 'damaged' | 'unknown'
  failure: Failure | null
}

type Copy = BackupCopyModel & { destination: DestinationModel }

/** Codes that are facts about the stored bytes; anything else (network, permission) proves nothing. */
const damageCodes: Record<string, CopyFinding['state']> = { 'object-not-found': 'missing', 'object-damaged': 'damaged' }

/**
 * Looks at every copy: with `full` all bytes are read through decrypt and decompress to their end, else the manifest is
 * read and every object's size is compared.
 */
export async function verifyCopies(
  { ctx, run }: TaskArgs,
  backup: BackupModel & { copies: Copy[] },
  full: boolean,
): Promise<CopyFinding[]> {
  const findings: CopyFinding[] = []
  for (const copy of backup.copies.filter(({ state }) => ['stored', 'damaged', 'missing'].includes(state))) {
    const about = { copyId: copy.id, destinationName: copy.destination.name }
    try {
      const opened = await openCopy(ctx, backup, copy.destination, run)
      try {
        for (const part of opened.manifest.parts) {
          const key = opened.keyOf(part)
          run.progress({ phase: `verifying in ${copy.destination.name}`, doneBytes: 0, totalBytes: part.storedBytes })
          if (full) {
            await verifyPart({ storage: opened.storage, key, part, identity: opened.identity }, run)
            continue
          }
          const info = await opened.storage.head(key, run)
          if (!info) throw new HoldfastError('object-not-found', `${part.file} is missing.`, { facts: { key } })
          if (info.sizeBytes !== part.storedBytes) {
            throw new HoldfastError(
              'object-damaged',
              `${part.file} has ${info.sizeBytes} bytes instead of ${part.storedBytes}.`,
              { facts: { key } },
            )
          }
        }
      } finally {
        await opened.close()
      }
      findings.push({ ...about, state: 'stored', failure: null })
    } catch (error) {
      run.signal.throwIfAborted()
      const failure = toFailure(error)
      run.logger.error(`the copy in ${copy.destination.name} failed its check`, { ...failure })
      findings.push({ ...about, state: damageCodes[failure.code] ?? 'unknown', failure })
    }
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
    detail: finding.failure ? `${finding.destinationName}: ${finding.failure.message}` : finding.destinationName,
  }))
}
