import { availableParallelism } from 'node:os'
import type { Check } from '@/lib/contracts/backup'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { Failure } from '@/lib/contracts/common'
import type { ManifestPart } from '@/lib/core/repository/manifest'
import { verifyPart } from '@/lib/pipeline/verify-part'
import { openCopy, type OpenCopy } from '@/lib/services/backup/open-copy'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
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

/** Decompression takes a core each. */
const partsAtOnce = Math.min(availableParallelism(), 4)

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
        await sideBySide(partsAtOnce, opened.manifest.parts, run, (part, scope) =>
          full ? readBack(opened, part, copy.destination.name, scope) : comparePart(opened, part, scope),
        )
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

async function readBack(copy: OpenCopy, part: ManifestPart, destination: string, run: RunContext): Promise<void> {
  run.progress({ phase: `verifying in ${destination}`, doneBytes: 0, totalBytes: part.storedBytes })
  await verifyPart({ storage: copy.storage, key: copy.keyOf(part), part, identity: copy.identity }, run)
}

async function comparePart(copy: OpenCopy, part: ManifestPart, run: RunContext): Promise<void> {
  const key = copy.keyOf(part)
  const info = await copy.storage.head(key, run)
  if (!info) throw new HoldfastError('object-not-found', `${part.file} is missing.`, { facts: { key } })
  if (info.sizeBytes === part.storedBytes) return
  throw new HoldfastError(
    'object-damaged',
    `${part.file} has ${info.sizeBytes} bytes instead of ${part.storedBytes}.`,
    { facts: { key } },
  )
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
