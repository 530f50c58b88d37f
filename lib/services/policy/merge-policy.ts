import type { CreatePolicy, UpdatePolicy } from '@/lib/contracts/policy'
import { scheduleActionSchema, scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { catchUpSchema } from '@/lib/db/catalog/schedule'
import type { PolicyRow } from '@/lib/db/catalog/policy'
import { jsonObject } from '@/lib/db/catalog/json-object'

/** A stored policy as it would be entered. */
export function enteredPolicy(row: PolicyRow): CreatePolicy {
  return {
    name: row.name,
    action: scheduleActionSchema.parse(row.action),
    cron: row.cron,
    timeZone: row.timeZone,
    catchUp: catchUpSchema.parse(row.catchUp),
    destinationIds: row.destinationIds,
    retentionPolicyId: row.retentionPolicyId,
    options: scheduleOptionsSchema.parse(row.options),
    sourceIds: row.schedules.map(({ source }) => source.id),
  }
}

/** The policy after a change; what is not named stays. */
export function mergePolicy(row: PolicyRow, patch: UpdatePolicy): CreatePolicy {
  const before = enteredPolicy(row)
  const { options } = patch
  return {
    name: patch.name ?? before.name,
    action: before.action,
    cron: patch.cron ?? before.cron,
    timeZone: patch.timeZone ?? before.timeZone,
    catchUp: patch.catchUp ?? before.catchUp,
    destinationIds: patch.destinationIds ?? before.destinationIds,
    retentionPolicyId: patch.retentionPolicyId === undefined ? before.retentionPolicyId : patch.retentionPolicyId,
    options: scheduleOptionsSchema.parse({ ...jsonObject(before.options), ...options }),
    sourceIds: patch.sourceIds ?? before.sourceIds,
  }
}
