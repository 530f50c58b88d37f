import { retentionRulesSchema } from '@/lib/contracts/retention'
import { isShorterPolicy } from '@/lib/core/retention/is-shorter-policy'
import type { Tx } from '@/lib/db/client'
import { guardChange } from '../approval/guard-change'
import type { ServiceContext } from '../context'
import { findRetentionPolicy } from './find-retention-policy'

/**
 * To name a shorter policy in the place of another deletes as much as to shorten it, and is guarded alike; so is a policy
 * where there was none. Part of the caller's transaction. Throws what `guardChange` throws.
 */
export async function guardOtherPolicy(
  ctx: ServiceContext,
  tx: Tx,
  change: { of: { type: 'schedule' | 'policy' | 'destination'; id: string }; from: string | null; to: string | null },
): Promise<void> {
  const { of, from, to } = change
  if (to === null || to === from) return
  const after = await findRetentionPolicy(tx, to)
  const before = from === null ? null : await tx.retentionPolicy.findUnique({ where: { id: from } })
  const rules = (row: { rules: unknown }) => retentionRulesSchema.parse(row.rules)
  if (before && !isShorterPolicy(rules(before), rules(after))) return
  await guardChange(ctx, tx, {
    action: 'retention-policy.shorten',
    subjectType: of.type,
    subjectId: of.id,
    summary: `Keep by "${after.name}" ${before ? `instead of "${before.name}"` : 'where everything was kept'}`,
    input: { to },
  })
}
