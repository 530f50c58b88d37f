import { destinationKindSchema } from '../../contracts/destinations/index'
import { probeReportSchema, storageCareSchema, type Destination } from '../../contracts/destination'
import { destinationOptionsSchema } from '../../contracts/operations'
import { maskExposed } from '../../core/secrets/exposed-secret'
import type { DestinationModel } from '../generated/models/Destination'
import { jsonObject } from './json-object'
import { parseOrNull } from './parse-or-null'

/** A destination as the API shows it; `usage` counts the copies that are stored in it. */
export function toDestination(row: DestinationModel, usage: { backupCount: number; storedBytes: number }): Destination {
  return {
    id: row.id,
    name: row.name,
    kind: destinationKindSchema.parse(row.kind),
    config: maskExposed(jsonObject(row.config)),
    hasSecret: Object.keys(jsonObject(row.secretsSealed)).length > 0,
    probe: parseOrNull(probeReportSchema, row.probe),
    probedAt: row.probedAt?.toISOString() ?? null,
    options: destinationOptionsSchema.parse(row.options),
    retentionPolicyId: row.retentionPolicyId,
    care: parseOrNull(storageCareSchema, row.care) ?? {},
    usage,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
