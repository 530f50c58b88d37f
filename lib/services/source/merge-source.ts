import { postgresConnectionSchema, sourceOptionsSchema, type UpdateSource } from '@/lib/contracts/source'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { ServiceContext } from '../context'
import { parseInput } from '../parse-input'
import { sourceSecretContext } from './source-spec'

/** The row with a patch over it, not stored: what an update writes and what a test of unsaved changes connects to. */
export function mergeSource(ctx: Pick<ServiceContext, 'vault'>, row: SourceModel, patch: UpdateSource): SourceModel {
  const { password, ...connection } = patch.connection ?? {}
  return {
    ...row,
    name: patch.name ?? row.name,
    tags: patch.tags ?? row.tags,
    connection: parseInput(postgresConnectionSchema, { ...spread(row.connection), ...connection }, ['connection']),
    options: parseInput(sourceOptionsSchema, withoutNulls({ ...spread(row.options), ...patch.options }), ['options']),
    secretSealed: sealedAfter(ctx, row, password),
  }
}

/** An absent password keeps the stored one, an empty one removes it. */
function sealedAfter(ctx: Pick<ServiceContext, 'vault'>, row: SourceModel, password: string | undefined) {
  if (password === undefined) return row.secretSealed
  return password === '' ? null : ctx.vault.seal(password, sourceSecretContext(row.id))
}

const spread = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

/** Null in a patch takes the value away. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
