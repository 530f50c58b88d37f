import type { z } from 'zod'
import type { RetentionPolicy, updateRetentionPolicySchema } from '@/lib/contracts/retention'
import { toRetentionPolicy } from '@/lib/db/catalog/retention-policy'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { withUniqueName } from '../with-unique-name'
import { findRetentionPolicy } from './find-retention-policy'

/** Changes the name, or replaces the rules as a whole; the audit row keeps both. */
export async function updateRetentionPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: z.infer<typeof updateRetentionPolicySchema> }
}): Promise<RetentionPolicy> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const row = await withUniqueName('retention policy', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const before = await findRetentionPolicy(tx, id)
      await recordAudit(tx, ctx.actor, {
        action: 'retention-policy.update',
        subjectType: 'retention-policy',
        subjectId: id,
        detail: { name: patch.name ?? before.name, ...(patch.rules ? { from: before.rules, to: patch.rules } : {}) },
      })
      return tx.retentionPolicy.update({
        where: { id },
        data: { name: patch.name, ...(patch.rules ? { rules: toJson(patch.rules) } : {}) },
      })
    }),
  )
  return toRetentionPolicy(row)
}
