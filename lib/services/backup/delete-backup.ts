import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { permit } from '../permit'
import { goodBackupWhere } from './good-backups'

/**
 * Deletes a backup: it is marked here and now, and a job removes its objects. Refused for a pinned backup
 * (`backup-pinned`), one in use (`backup-in-use`), and the last good one of its source (`last-good-backup`).
 */
export async function deleteBackup(args: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = args
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const backup = found(await tx.backup.findFirst({ where: { id: input.id, deletedAt: null } }), 'backup')
    if (backup.pinned) {
      throw new HoldfastError('backup-pinned', 'This backup is pinned.', { remedy: 'Unpin it first.' })
    }
    const user = await tx.job.findFirst({ where: { backupId: backup.id, state: { in: ['queued', 'running'] } } })
    if (user) {
      throw new HoldfastError('backup-in-use', `A ${user.kind.replace('-', ' ')} is using this backup.`, {
        remedy: 'Wait for it to finish, or cancel it.',
        facts: { jobId: user.id },
      })
    }
    const good = await tx.backup.findMany({
      where: { ...goodBackupWhere, sourceId: backup.sourceId },
      select: { id: true },
      take: 2,
    })
    if (good.length === 1 && good[0]?.id === backup.id) {
      throw new HoldfastError('last-good-backup', 'This is the last good backup of its source; it is never deleted.', {
        remedy: 'Take a new backup first.',
      })
    }
    await tx.backup.update({
      where: { id: backup.id },
      data: { deletedAt: ctx.clock.now(), deletedReason: 'deleted by request' },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.delete',
      subjectType: 'backup',
      subjectId: backup.id,
      detail: { sourceId: backup.sourceId },
    })
    await createJob(ctx, tx, {
      kind: 'cleanup',
      input: { reason: 'backup deleted', backupId: backup.id },
      maxAttempts: 3,
    })
  })
}
