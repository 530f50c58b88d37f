import type { StartCopy } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { toJob } from '@/lib/db/catalog/job'
import { Prisma } from '@/lib/db/generated/client'
import type { BackupCopyModel } from '@/lib/db/generated/models/BackupCopy'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { findDestination } from '../destination/find-destination'
import { found } from '../not-found'
import { permit } from '../permit'
import { createCopyJob } from './create-copy-job'

/**
 * Stores a copy of a backup in one more destination, or tries a missing or damaged copy again now. Throws `not-found`,
 * `copy-stored`, `backup-not-restorable` (there is no good copy to copy from), `already-running`.
 */
export async function startCopy(args: {
  ctx: ServiceContext
  input: StartCopy & { backupId: string }
}): Promise<Started> {
  const { ctx } = args
  const { backupId, destinationId } = args.input
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const backup = found(
      await tx.backup.findFirst({ where: { id: backupId, deletedAt: null }, include: { copies: true } }),
      'backup',
    )
    const destination = await findDestination(tx, destinationId)
    const copy = backup.copies.find((each) => each.destinationId === destinationId)
    if (copy?.state === 'stored') {
      throw new HoldfastError('copy-stored', `This backup is stored in ${destination.name} already.`, {
        remedy: 'Read it back with a quick restore test if you doubt it.',
      })
    }
    refuseUncopyable(backup, destinationId)
    await askFor(tx, { backupId, destinationId, copy })
    const row = await createCopyJob(ctx, tx, { backupId, destinationId, sourceId: backup.sourceId })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.copy',
      subjectType: 'backup',
      subjectId: backupId,
      detail: { jobId: row.id, destinationId, sourceId: backup.sourceId },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}

function refuseUncopyable(
  backup: { status: string; sample: boolean; copies: BackupCopyModel[] },
  destinationId: string,
): void {
  const stored = backup.copies.some((copy) => copy.state === 'stored' && copy.destinationId !== destinationId)
  if (stored && !backup.sample && ['succeeded', 'partial'].includes(backup.status)) return
  throw new HoldfastError('backup-not-restorable', 'There is no good copy of this backup to copy from.', {
    remedy: 'Choose a backup that is stored somewhere.',
  })
}

/** From now on the row says that a copy is wanted; a damaged one stays marked as damaged until it is replaced. */
async function askFor(
  tx: Tx,
  input: { backupId: string; destinationId: string; copy: BackupCopyModel | undefined },
): Promise<void> {
  const { backupId, destinationId, copy } = input
  if (!copy) {
    await tx.backupCopy.create({ data: { backupId, destinationId, state: 'pending' } })
  } else if (copy.state === 'failed' || copy.state === 'deleted') {
    await tx.backupCopy.update({
      where: { id: copy.id },
      data: { state: 'pending', error: Prisma.DbNull, retryAt: null },
    })
  }
}
