import { HoldfastError } from '@/lib/core/holdfast-error'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findDestination } from './find-destination'

/**
 * Removes a destination that nothing needs; what is stored there is not touched. Throws `in-use` while backups lie in it
 * or are being written to it, or while a schedule or the log of a source writes to it.
 */
export async function deleteDestination({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findDestination(tx, input.id)
    const copies = await tx.backupCopy.count({
      where: { destinationId: row.id, state: { in: ['pending', 'uploading', 'stored', 'damaged'] } },
    })
    if (copies > 0) {
      throw new HoldfastError(
        'in-use',
        `${copies === 1 ? 'One backup lies' : `${copies} backups lie`} in "${row.name}" and could no longer be restored.`,
        { remedy: 'Delete those backups first, or let retention remove them.', facts: { count: copies } },
      )
    }
    const schedules = await tx.schedule.findMany({
      where: { destinationIds: { has: row.id }, deletedAt: null },
      select: { source: { select: { name: true } } },
    })
    if (schedules.length > 0) {
      const names = [...new Set(schedules.map((schedule) => schedule.source.name))].join(', ')
      throw new HoldfastError('in-use', `Schedules still write to "${row.name}": those of ${names}.`, {
        remedy: 'Choose another destination in those schedules first.',
        facts: { count: schedules.length },
      })
    }
    const followed = await tx.logStream.findMany({
      where: { destinationIds: { has: row.id } },
      select: { source: { select: { name: true } } },
    })
    if (followed.length > 0) {
      const names = followed.map(({ source }) => source.name).join(', ')
      throw new HoldfastError('in-use', `Log is still written to "${row.name}": that of ${names}.`, {
        remedy: 'Choose another destination in the continuous protection of those sources first.',
        facts: { count: followed.length },
      })
    }
    await guardChange(ctx, tx, {
      action: 'destination.delete',
      subjectType: 'destination',
      subjectId: row.id,
      summary: `Delete the destination "${row.name}"`,
    })
    await tx.destination.update({
      where: { id: row.id },
      data: { deletedAt: ctx.clock.now(), secretsSealed: {} },
    })
    // No window counts on what lies there any more.
    await tx.logRange.deleteMany({ where: { destinationId: row.id } })
    await tx.logRemoval.deleteMany({ where: { destinationId: row.id } })
    await tx.logTotal.deleteMany({ where: { destinationId: row.id } })
    await tx.logReading.deleteMany({ where: { destinationId: row.id } })
    await tx.logDamage.deleteMany({ where: { destinationId: row.id } })
    // What lies there unknown is not reported any more.
    await tx.storageFinding.deleteMany({ where: { destinationId: row.id } })
    await recordAudit(tx, ctx.actor, {
      action: 'destination.delete',
      subjectType: 'destination',
      subjectId: row.id,
      detail: { name: row.name },
    })
  })
}
