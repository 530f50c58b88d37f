import { retentionRulesSchema, type RetentionPolicy } from '../../contracts/retention'
import type { Prisma } from '../generated/client'
import type { RetentionPolicyModel } from '../generated/models/RetentionPolicy'

/** What a query must include for `toRetentionPolicy`. */
export const retentionPolicyInclude = {
  schedules: { where: { deletedAt: null, action: 'backup' }, select: { sourceId: true } },
  destinations: { where: { deletedAt: null }, select: { id: true } },
} as const satisfies Prisma.RetentionPolicyInclude

type RetentionPolicyRow = RetentionPolicyModel & {
  schedules: { sourceId: string }[]
  destinations: { id: string }[]
}

/** A retention policy as the API shows it. */
export function toRetentionPolicy(row: RetentionPolicyRow): RetentionPolicy {
  return {
    id: row.id,
    name: row.name,
    rules: retentionRulesSchema.parse(row.rules),
    usedBy: {
      sources: new Set(row.schedules.map((schedule) => schedule.sourceId)).size,
      destinations: row.destinations.length,
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
