import { engineNameSchema } from '@/lib/contracts/common'
import { enteredConnectionSchema, enteredOptionsSchema, sourceReach, type UpdateSource } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SecretReach } from '@/lib/core/secrets/secret-reach'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { ServiceContext } from '../context'
import { parseInput } from '../parse-input'
import { sealedAfter } from '../sealed-after'
import { sourceSecretContext } from './source-spec'

/**
 * The row with a patch over it, not stored: what an update writes and what a test of unsaved changes connects to. Throws
 * `invalid-input`, and `secret-needed` when the stored password would go where it was not entered for.
 */
export function mergeSource(ctx: Pick<ServiceContext, 'vault'>, row: SourceModel, patch: UpdateSource): SourceModel {
  const { password, ...connection } = patch.connection ?? {}
  const merged = {
    connection: parseInput(enteredConnectionSchema, { ...spread(row.connection), ...connection }, ['connection']),
    options: parseInput(enteredOptionsSchema, withoutNulls({ ...spread(row.options), ...patch.options }), ['options']),
  }
  return {
    ...row,
    ...merged,
    name: patch.name ?? row.name,
    tags: patch.tags ?? row.tags,
    secretSealed: sealedAfter(ctx, {
      reach: reachOf(row),
      before: placeOf(row),
      after: placeOf(merged),
      given: password,
      sealed: row.secretSealed,
      context: sourceSecretContext(row.id),
    }),
  }
}

/** What decides where the password goes. */
const placeOf = (row: Pick<SourceModel, 'connection' | 'options'>): object => ({
  ...spread(row.connection),
  replica: Object.entries(spread(row.options)).find(([name]) => name === 'replica')?.[1],
})

function reachOf(row: SourceModel): SecretReach {
  const reach = sourceReach[engineNameSchema.parse(row.engine)]
  if (reach) return reach
  throw new HoldfastError('engine-unsupported', `Sources of the engine ${row.engine} cannot be changed yet.`)
}

const spread = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

/** Null in a patch takes the value away. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
