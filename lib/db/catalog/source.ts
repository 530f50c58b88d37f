import { engineContract } from '../../contracts/engines/index'
import { protectionSchema } from '@/lib/contracts/recovery/protection'
import { retentionPauseSchema } from '../../contracts/retention'
import { hasSecret, inspectionSchema, sourceSchema, type Source } from '../../contracts/source'
import { maskExposed } from '../../core/secrets/exposed-secret'
import type { SourceModel } from '../generated/models/Source'
import { jsonObject } from './json-object'
import { parseOrNull } from './parse-or-null'

/** A source as the API shows it: the sealed secret becomes the fact that there is one, and a pasted one is masked. */
export function toSource(row: SourceModel): Source {
  const contract = engineContract(row.engine)
  const sealed = jsonObject(row.secretsSealed)
  const has = contract.secrets.map(({ name }) => [hasSecret(name), sealed[name] !== undefined] as const)
  const shown: unknown = {
    id: row.id,
    name: row.name,
    engine: row.engine,
    connection: { ...contract.connection.parse(row.connection), ...Object.fromEntries(has) },
    options: contract.options.parse(row.options),
    tags: row.tags,
    sample: row.sample,
    catalog: row.catalog,
    retentionPause: parseOrNull(retentionPauseSchema, row.retentionPause),
    protection: protectionSchema.parse(row.protection),
    inspection: parseOrNull(inspectionSchema, row.inspection),
    inspectedAt: row.inspectedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
  return maskExposed(sourceSchema.parse(shown))
}
