import type { CreatePolicy, Policy } from '@/lib/contracts/policy'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardFewerRules } from '../retention-policy/guard-fewer-rules'
import { withUniqueName } from '../with-unique-name'
import { applyPolicy } from './apply-policy'
import { checkPolicy } from './check-policy'
import { getPolicy } from './get-policy'

/** Stores a policy and gives each of its sources a schedule, all at once. Throws what is wrong at its field, and `name-taken`. */
export async function createPolicy({ ctx, input }: { ctx: ServiceContext; input: CreatePolicy }): Promise<Policy> {
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  const id = await withUniqueName('policy', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      await checkPolicy(tx, input, now)
      const { sourceIds, ...columns } = input
      const row = await tx.policy.create({ data: { ...columns, options: toJson(input.options) } })
      await guardFewerRules(ctx, tx, {
        of: { type: 'policy', id: input.name },
        sourceIds,
        run: () => applyPolicy(tx, row.id, input, now),
      })
      await recordAudit(tx, ctx.actor, {
        action: 'policy.create',
        subjectType: 'policy',
        subjectId: row.id,
        detail: { ...columns, sourceIds },
      })
      return row.id
    }),
  )
  return getPolicy({ ctx, input: { id } })
}
