import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findPolicy } from './find-policy'

/** Removes a policy that no source follows; throws `in-use` otherwise. */
export async function deletePolicy({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findPolicy(tx, input.id)
    const count = row.schedules.length
    if (count > 0) {
      throw new HoldfastError(
        'in-use',
        `${count === 1 ? 'One source follows' : `${count} sources follow`} "${row.name}".`,
        {
          remedy: 'Take its sources out first.',
          facts: { count },
        },
      )
    }
    await tx.policy.update({ where: { id: row.id }, data: { deletedAt: ctx.clock.now() } })
    await recordAudit(tx, ctx.actor, {
      action: 'policy.delete',
      subjectType: 'policy',
      subjectId: row.id,
      detail: { name: row.name },
    })
  })
}
