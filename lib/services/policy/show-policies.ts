import type { Policy } from '@/lib/contracts/policy'
import { toPolicy, type PolicyRow } from '@/lib/db/catalog/policy'
import type { ServiceContext } from '../context'

/** Rows with the names of their retention policies, in one query more. */
export async function showPolicies(ctx: Pick<ServiceContext, 'db' | 'clock'>, rows: PolicyRow[]): Promise<Policy[]> {
  const ids = rows.flatMap(({ retentionPolicyId }) => (retentionPolicyId ? [retentionPolicyId] : []))
  const kept = await ctx.db.retentionPolicy.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const names = new Map(kept.map(({ id, name }) => [id, name]))
  const now = ctx.clock.now()
  return rows.map((row) => toPolicy(row, names.get(row.retentionPolicyId ?? '') ?? null, now))
}
