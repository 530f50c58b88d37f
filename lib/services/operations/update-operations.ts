import {
  operationsSchema,
  type Operations,
  type OperationsSection,
  type UpdateOperations,
} from '@/lib/contracts/operations'
import { toJson } from '@/lib/db/to-json'
import { fieldChanges, withoutPath, type FieldChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { guardSettings } from './guard-settings'
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
    await guardSettings(ctx, tx, before, input)
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
        detail: { changes: { ...changesOf(section, before, after), ...clientSecretChange(section, input) } },
      })
    }
    return after
  })
}

/** The address of the dead man's switch is its password; it is put down without its path. */
function changesOf(section: OperationsSection, before: Operations, after: Operations): FieldChanges {
  return fieldChanges(before[section], after[section], section === 'deadManSwitch' ? withoutPath : undefined)
}

/** The client secret is no readable setting; that it was given is recorded all the same. */
function clientSecretChange(section: OperationsSection, input: UpdateOperations): FieldChanges {
  const secret = section === 'oidc' ? input.oidc?.clientSecret : undefined
  return secret === undefined ? {} : { clientSecretSet: { from: null, to: secret === '' ? 'not set' : 'set' } }
}
