import { retentionRulesSchema, type CreateRetentionPolicy, type RetentionPolicy } from '@/lib/contracts/retention'
import { retentionPolicyInclude, toRetentionPolicy } from '@/lib/db/catalog/retention-policy'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { withUniqueName } from '../with-unique-name'

/** Stores a retention policy; it takes effect where a schedule names it. Throws `name-taken`. */
export async function createRetentionPolicy({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateRetentionPolicy
}): Promise<RetentionPolicy> {
  permit(ctx.actor, 'admin')
  const rules = retentionRulesSchema.parse(input.rules)
  const row = await withUniqueName('retention policy', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      const created = await tx.retentionPolicy.create({
        data: { name: input.name, rules: toJson(rules) },
        include: retentionPolicyInclude,
      })
      await recordAudit(tx, ctx.actor, {
        action: 'retention-policy.create',
        subjectType: 'retention-policy',
        subjectId: created.id,
        detail: { name: input.name, rules },
      })
      return created
    }),
  )
  return toRetentionPolicy(row)
}
