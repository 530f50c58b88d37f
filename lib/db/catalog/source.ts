import { engineNameSchema } from '../../contracts/common'
import { retentionPauseSchema } from '../../contracts/retention'
import { inspectionSchema, postgresConnectionSchema, sourceOptionsSchema, type Source } from '../../contracts/source'
import { maskExposed } from '../../core/secrets/exposed-secret'
import type { SourceModel } from '../generated/models/Source'
import { parseOrNull } from './parse-or-null'

/** A source as the API shows it: the sealed secret becomes the fact that there is one, and a pasted one is masked. */
export function toSource(row: SourceModel): Source {
  return maskExposed<Source>({
    id: row.id,
    name: row.name,
    engine: engineNameSchema.parse(row.engine),
    connection: { ...postgresConnectionSchema.parse(row.connection), hasPassword: row.secretSealed !== null },
    options: sourceOptionsSchema.parse(row.options),
    tags: row.tags,
    sample: row.sample,
    catalog: row.catalog,
    retentionPause: parseOrNull(retentionPauseSchema, row.retentionPause),
    inspection: parseOrNull(inspectionSchema, row.inspection),
    inspectedAt: row.inspectedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  })
}
