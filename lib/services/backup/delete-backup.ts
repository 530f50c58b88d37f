import type { DeleteBackup } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { asOwner } from '@/lib/db/as-owner'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import { actorName } from '../actor-name'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { readOperations } from '../operations/read-operations'
import { permit } from '../permit'
import { lockUnused } from '../retention/lock-unused'
import { refreshNotice } from '../retention/refresh-notice'
import { goodBackupWhere } from './good-backups'

const dayMs = 86_400_000

/**
 * Deletes a backup: after the grace time, in which `restoreDeletion` takes it back, or `immediately` when the source's
 * name is given as confirmation. Refused for a pinned backup (`backup-pinned`), one in use (`backup-in-use`), one that
 * another needs (`backup-needed`), and the last good one of its source (`last-good-backup`).
 */
export async function deleteBackup(args: {
  ctx: ServiceContext
  input: { id: string } & Partial<DeleteBackup>
}): Promise<void> {
  const { ctx, input } = args
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  await ctx.db.$transaction(async (tx) => {
    const backup = found(
      await tx.backup.findFirst({ where: { id: input.id, deletedAt: null }, include: { source: true } }),
      'backup',
    )
    await tx.$queryRaw`SELECT id FROM source WHERE id = ${backup.sourceId}::uuid FOR UPDATE`
    if (input.immediately && input.confirm !== backup.source.name) {
      throw new HoldfastError('confirmation-needed', 'To delete at once, the name of the source must be given.', {
        remedy: `Give "${backup.source.name}" as confirmation, or delete it with the grace time.`,
      })
    }
    if (backup.pinned) {
      throw new HoldfastError('backup-pinned', 'This backup is pinned.', { remedy: 'Unpin it first.' })
    }
    if (!(await lockUnused(tx, [backup.id])).has(backup.id)) {
      const user = await tx.job.findFirst({ where: { backupId: backup.id, state: { in: ['queued', 'running'] } } })
      throw new HoldfastError('backup-in-use', `A ${(user?.kind ?? 'job').replace('-', ' ')} is using this backup.`, {
        remedy: 'Wait for it to finish, or cancel it.',
        facts: { jobId: user?.id },
      })
    }
    const others = { sourceId: backup.sourceId, deletedAt: null, deleteAfter: null, id: { not: backup.id } }
    const needing = await tx.backup.count({ where: { ...others, dependsOn: { has: backup.id } } })
    if (needing > 0) {
      throw new HoldfastError(
        'backup-needed',
        `${needing === 1 ? 'Another backup needs' : `${needing} other backups need`} this one to be restored.`,
        { remedy: 'Delete those first.', facts: { count: needing } },
      )
    }
    const isGood = await tx.backup.count({ where: { ...goodBackupWhere, id: backup.id } })
    const otherGood = await tx.backup.count({ where: { ...goodBackupWhere, ...others } })
    if (isGood > 0 && otherGood === 0) {
      throw new HoldfastError('last-good-backup', 'This is the last good backup of its source; it is never deleted.', {
        remedy: 'Take a new backup first.',
      })
    }
    await guardChange(ctx, tx, {
      action: 'backup.delete',
      subjectType: 'backup',
      subjectId: backup.id,
      summary: `Delete the backup of "${backup.source.name}" of ${backup.startedAt.toISOString()}`,
      input: { immediately: input.immediately === true },
    })
    const { graceDays } = (await readOperations(tx)).retention
    const atOnce = input.immediately === true || graceDays === 0
    const deleteAfter = atOnce ? now : new Date(now.getTime() + graceDays * dayMs)
    await tx.backup.update({
      where: { id: backup.id },
      data: {
        deleteAfter,
        deletedReason: `deleted by request of ${actorName(ctx.actor)}`,
        deleteCause: 'request',
        ...(atOnce ? { deletedAt: now } : {}),
      },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.delete',
      subjectType: 'backup',
      subjectId: backup.id,
      detail: { sourceId: backup.sourceId, startedAt: backup.startedAt, immediately: atOnce, deleteAfter },
    })
    await refreshNotice(tx, { source: backup.source, added: !atOnce, now })
    if (!atOnce) return
    const cleanup = {
      kind: 'cleanup',
      input: { reason: 'backup deleted', backupId: backup.id },
      maxAttempts: 3,
    } as const
    // It is a job of the whole instance, which a limited token neither sees nor makes.
    await asOwner(tx, () => createJob(ctx, tx, cleanup))
  })
}
