import { HoldfastError } from '@/lib/core/holdfast-error'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { endFollowing } from '../log/change-following'
import { permit } from '../permit'
import { findSource } from './find-source'

/**
 * Removes a source and its schedules. Its backups stay, listed and restorable, and its secret is destroyed.
 * Throws `in-use` while work on it is waiting or running.
 */
export async function deleteSource({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findSource(tx, input.id)
    const busy = await tx.job.count({ where: { sourceId: row.id, state: { in: ['queued', 'running'] } } })
    if (busy > 0) {
      throw new HoldfastError(
        'in-use',
        `${busy === 1 ? 'One job' : `${busy} jobs`} of "${row.name}" are not finished.`,
        {
          remedy: 'Wait for them to finish or cancel them, then delete the source.',
          facts: { count: busy },
        },
      )
    }
    const now = ctx.clock.now()
    const keptBackups = await tx.backup.count({ where: { sourceId: row.id, deletedAt: null } })
    const schedules = await tx.schedule.updateMany({
      where: { sourceId: row.id, deletedAt: null },
      data: { deletedAt: now, enabled: false },
    })
    await guardChange(ctx, tx, {
      action: 'source.delete',
      subjectType: 'source',
      subjectId: row.id,
      summary: `Delete the source "${row.name}"`,
    })
    // What the server keeps for a log that is followed is removed with the source's own secret, which goes afterwards.
    const followed = await endFollowing(tx, row.id)
    await tx.source.update({
      where: { id: row.id },
      data: { deletedAt: now, ...(followed ? {} : { secretsSealed: {} }) },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'source.delete',
      subjectType: 'source',
      subjectId: row.id,
      detail: { name: row.name, keptBackups, deletedSchedules: schedules.count },
    })
  })
}
