import { engineNameSchema } from '@/lib/contracts/common'
import {
  enteredConnectionSchema,
  enteredOptionsSchema,
  postgresConnectionSchema,
  sourceReach,
  type SslMode,
  type UpdateSource,
} from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { defaultSslMode } from '@/lib/core/network/ssl-modes'
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
    connection: parseInput(
      enteredConnectionSchema,
      { ...spread(row.connection), ...connection, ...sslAfter(row, connection) },
      ['connection'],
    ),
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

/**
 * A mode that was taken because the server was on this machine does not follow it to another one. Modes that somebody
 * named, here or for a server elsewhere, stay.
 */
function sslAfter(row: SourceModel, patch: NonNullable<UpdateSource['connection']>): { ssl?: SslMode } {
  if (patch.host === undefined || patch.ssl !== undefined) return {}
  const before = postgresConnectionSchema.safeParse(row.connection).data
  if (!before || before.ssl !== defaultSslMode(before.host) || before.ssl === 'verify-full') return {}
  return { ssl: defaultSslMode(patch.host) }
}

const spread = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

/** Null in a patch takes the value away. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
