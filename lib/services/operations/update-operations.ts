import { operationsSchema, type Operations, type UpdateOperations } from '@/lib/contracts/operations'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardAccess } from './guard-access'
import { readOperations, sectionKey } from './read-operations'

/** Changes the sections that are given; fields that are not named keep their values. */
export async function updateOperations({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: UpdateOperations
}): Promise<Operations> {
  permit(ctx.actor, 'admin')
  return ctx.db.$transaction(async (tx) => {
    const before = await readOperations(tx)
    await guardAccess(ctx, tx, before, input)
    const changed = operationsSchema.keyof().options.filter((section) => input[section] !== undefined)
    for (const section of changed) {
      const shape = operationsSchema.shape[section]
      const value = toJson(shape.parse({ ...before[section], ...input[section] }))
      const key = sectionKey(section)
      await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
    }
    const after = await readOperations(tx)
    for (const section of changed) {
      await recordAudit(tx, ctx.actor, {
        action: 'settings.update',
        subjectType: 'settings',
        subjectId: section,
        detail: { before: before[section], after: after[section] },
      })
    }
    return after
  })
}
