import type { Policy, UpdatePolicy } from '@/lib/contracts/policy'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJson } from '@/lib/db/to-json'
import { fieldChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardFewerRules } from '../retention-policy/guard-fewer-rules'
import { guardOtherPolicy } from '../retention-policy/guard-other-policy'
import { withUniqueName } from '../with-unique-name'
import { applyPolicy } from './apply-policy'
import { checkPolicy } from './check-policy'
import { findPolicy } from './find-policy'
import { getPolicy } from './get-policy'
import { enteredPolicy, mergePolicy } from './merge-policy'

/**
 * Changes a policy and every schedule that follows it, all or nothing. Throws `confirmation-needed` when sources are
 * taken out and `removeSchedules` does not say that their schedules may go.
 */
export async function updatePolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdatePolicy }
}): Promise<Policy> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const now = ctx.clock.now()
  await withUniqueName('policy', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      // Two changes at once would leave schedules of both.
      await tx.$queryRaw`SELECT id FROM policy WHERE id = ${id}::uuid FOR UPDATE`
      const before = await findPolicy(tx, id)
      const after = mergePolicy(before, patch)
      const removed = before.schedules.filter(({ source }) => !after.sourceIds.includes(source.id))
      if (removed.length > 0 && patch.removeSchedules !== true) {
        const names = removed.map(({ source }) => source.name)
        throw new HoldfastError('confirmation-needed', `The schedules of ${names.join(', ')} would be deleted.`, {
          remedy: 'Send the change again with "removeSchedules": true.',
          facts: { sources: names },
        })
      }
      await checkPolicy(tx, after, now)
      const of = { type: 'policy' as const, id }
      const { sourceIds, action: _, ...columns } = after
      await tx.policy.update({ where: { id }, data: { ...columns, options: toJson(after.options) } })
      const { result: applied, guarded } = await guardFewerRules(ctx, tx, {
        of,
        sourceIds: [...new Set([...after.sourceIds, ...removed.map(({ source }) => source.id)])],
        run: () => applyPolicy(tx, id, after, now),
      })
      if (!guarded) {
        await guardOtherPolicy(ctx, tx, { of, from: before.retentionPolicyId, to: after.retentionPolicyId ?? null })
      }
      await recordAudit(tx, ctx.actor, {
        action: 'policy.update',
        subjectType: 'policy',
        subjectId: id,
        detail: {
          name: after.name,
          changes: fieldChanges(settingsOf(enteredPolicy(before)), settingsOf(after)),
          ...applied,
        },
      })
    }),
  )
  return getPolicy({ ctx, input: { id } })
}

/** The options beside the other fields, as a person sets them. */
const settingsOf = ({ options, ...fields }: ReturnType<typeof mergePolicy>): object => ({ ...fields, ...options })
