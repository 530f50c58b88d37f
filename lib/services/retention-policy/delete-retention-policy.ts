import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findRetentionPolicy } from './find-retention-policy'

/** Removes a policy that no schedule, shared policy or destination names; throws `in-use` otherwise. */
export async function deleteRetentionPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findRetentionPolicy(tx, input.id)
    const named = { where: { retentionPolicyId: row.id, deletedAt: null } }
    const count = await tx.schedule.count(named)
    if (count > 0) {
      throw new HoldfastError(
        'in-use',
        `${count === 1 ? 'One schedule keeps' : `${count} schedules keep`} by "${row.name}".`,
        {
          remedy: 'Choose another policy in those schedules first.',
          facts: { count },
        },
      )
    }
    const others = (await tx.destination.count(named)) + (await tx.policy.count(named))
    if (others > 0) {
      throw new HoldfastError('in-use', `Destinations or shared policies still keep by "${row.name}".`, {
        remedy: 'Choose another policy there first.',
        facts: { count: others },
      })
    }
    await tx.retentionPolicy.update({ where: { id: row.id }, data: { deletedAt: ctx.clock.now() } })
    await recordAudit(tx, ctx.actor, {
      action: 'retention-policy.delete',
      subjectType: 'retention-policy',
      subjectId: row.id,
      detail: { name: row.name },
    })
  })
}
