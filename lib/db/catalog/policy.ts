import type { Policy } from '../../contracts/policy'
import { scheduleActionSchema, scheduleOptionsSchema } from '../../contracts/schedule'
import { nextRuns } from '../../core/schedule/next-runs'
import type { Prisma } from '../generated/client'
import type { PolicyModel } from '../generated/models/Policy'
import { catchUpSchema, shownRuns } from './schedule'

/** What a query must include for `toPolicy`. */
export const policyInclude = {
  schedules: {
    where: { deletedAt: null },
    include: { source: { select: { id: true, name: true } } },
    orderBy: { createdAt: 'asc' },
  },
} as const satisfies Prisma.PolicyInclude

export type PolicyRow = PolicyModel & {
  schedules: { id: string; enabled: boolean; source: { id: string; name: string } }[]
}

/** A policy as the API shows it, with the sources that follow it. `retentionPolicyName` is looked up by the caller. */
export function toPolicy(row: PolicyRow, retentionPolicyName: string | null, now: Date): Policy {
  return {
    id: row.id,
    name: row.name,
    action: scheduleActionSchema.parse(row.action),
    cron: row.cron,
    timeZone: row.timeZone,
    catchUp: catchUpSchema.parse(row.catchUp),
    destinationIds: row.destinationIds,
    retentionPolicyId: row.retentionPolicyId,
    retentionPolicyName,
    options: scheduleOptionsSchema.parse(row.options),
    sources: row.schedules.map(({ id, enabled, source }) => ({
      id: source.id,
      name: source.name,
      scheduleId: id,
      enabled,
    })),
    nextRuns: nextRuns(row.cron, row.timeZone, now, shownRuns).map((run) => run.toISOString()),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
