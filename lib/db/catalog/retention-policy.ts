import { retentionRulesSchema, type RetentionPolicy } from '../../contracts/retention'
import type { RetentionPolicyModel } from '../generated/models/RetentionPolicy'

/** A retention policy as the API shows it. */
export function toRetentionPolicy(row: RetentionPolicyModel): RetentionPolicy {
  return {
    id: row.id,
    name: row.name,
    rules: retentionRulesSchema.parse(row.rules),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
