import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardFewerRules } from '../retention-policy/guard-fewer-rules'
import { findSchedule } from './find-schedule'
import { ownedByPolicy } from './owned-by-policy'

/**
 * Removes a schedule. What it started goes on; what it made stays, unless only its policy kept it and others hold for the
 * source: then it needs what a shorter policy needs.
 */
export async function deleteSchedule({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findSchedule(tx, input.id)
    if (row.policy) throw ownedByPolicy(row.policy.name, 'Take the source out of the policy.')
    await guardFewerRules(ctx, tx, {
      of: { type: 'schedule', id: row.id },
      sourceIds: [row.sourceId],
      run: () => tx.schedule.update({ where: { id: row.id }, data: { deletedAt: ctx.clock.now(), enabled: false } }),
    })
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.delete',
      subjectType: 'schedule',
      subjectId: row.id,
      detail: { source: row.source.name, action: row.action, cron: row.cron },
    })
  })
}
