import { availableParallelism } from 'node:os'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { BackupModel } from '@/lib/db/generated/models/Backup'
import type { BackupCopyModel } from '@/lib/db/generated/models/BackupCopy'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { checkStored } from '@/lib/pipeline/check-stored'
import { verifyPart } from '@/lib/pipeline/verify-part'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
import { openCopy, type OpenCopy } from '@/lib/services/backup/open-copy'
import type { CopyFinding } from '@/lib/services/storage-care/record-finding'
import type { TaskArgs } from '../../task'
import { mendGuide } from './mend-guide'

export type CopyToVerify = BackupCopyModel & { destination: DestinationModel }

/**
 * How closely a copy is looked at. The manifest and the key are read in any case. `present`: every object has its size.
 * `stored`: every byte is read and compared with its SHA-256, which is enough to know that they are what was written.
 * `plain`: they are also decrypted and decompressed to their end.
 */
export type VerifyDepth = 'present' | 'stored' | 'plain'

/** Decompression takes a core each. */
const partsAtOnce = Math.min(availableParallelism(), 4)

/** Codes that are facts about the stored bytes; anything else (network, permission) proves nothing. */
const damageCodes: Partial<Record<ErrorCode, CopyFinding['state']>> = {
  'object-not-found': 'missing',
  'object-damaged': 'damaged',
}

/** Looks at one copy. What it finds is its answer; it rejects on abort only. */
export async function verifyCopy(
  { ctx, run }: Pick<TaskArgs, 'ctx' | 'run'>,
  backup: Pick<BackupModel, 'id' | 'repositoryPath' | 'manifestSha256' | 'signatureSha256'>,
  copy: CopyToVerify,
  depth: VerifyDepth,
): Promise<CopyFinding> {
  const destinationName = copy.destination.name
  try {
    const opened = await openCopy(ctx, backup, copy.destination, run)
    try {
      await verifyParts(opened, depth, run)
      const note = await mendGuide({ ctx, run }, opened, backup.repositoryPath)
      if (note !== null) run.logger.warn(`${note} (${destinationName})`)
      return { copyId: copy.id, destinationName, state: 'stored', failure: null, note }
    } finally {
      await opened.close()
    }
  } catch (error) {
    run.signal.throwIfAborted()
    const failure = toFailure(error)
    run.logger.error(`the copy in ${destinationName} failed its check`, { ...failure })
    return { copyId: copy.id, destinationName, state: damageCodes[failure.code] ?? 'unknown', failure, note: null }
  }
}

async function verifyParts(copy: OpenCopy, depth: VerifyDepth, run: RunContext): Promise<void> {
  const { manifest, storage } = copy
  const phase = `verifying in ${copy.destinationName}`
  if (depth === 'stored') {
    const named = {
      ...run,
      progress: (progress: Parameters<RunContext['progress']>[0]) => run.progress({ ...progress, phase }),
    }
    return checkStored(storage, (part) => copy.keyOf(part), manifest.parts, named)
  }
  await sideBySide(partsAtOnce, manifest.parts, run, async (part, scope) => {
    if (depth === 'present') return comparePart(copy, part, scope)
    run.progress({ phase, doneBytes: 0, totalBytes: part.storedBytes })
    await verifyPart({ storage, key: copy.keyOf(part), part, decrypt: copy.decrypt }, scope)
  })
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
