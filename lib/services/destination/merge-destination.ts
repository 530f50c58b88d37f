import { destinationKindSchema, destinationReach, type UpdateDestination } from '@/lib/contracts/destination'
import { destinationOptionsSchema, type DestinationOptions } from '@/lib/contracts/operations'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { ServiceContext } from '../context'
import { parseInput } from '../parse-input'
import { refuseMetadataUrl } from '../refuse-metadata-address'
import { destinationSecretField, parseEnteredConfig } from './destination-config'
import { destinationSecretContext } from './destination-spec'
import { sealedAfter } from '../sealed-after'
import { splitSecret } from '../split-secret'

/** A destination's row whose config and options were parsed, not yet stored. */
export type MergedDestination = Omit<DestinationModel, 'config' | 'options'> & {
  config: Record<string, unknown>
  options: DestinationOptions
}

/**
 * The row with a patch over it, not stored. An absent secret keeps the stored one, an empty one removes it; a field set
 * to null is removed. Throws `invalid-input`, `address-refused` and `secret-needed`.
 */
export async function mergeDestination(
  ctx: Pick<ServiceContext, 'vault'>,
  row: DestinationModel,
  patch: UpdateDestination,
): Promise<MergedDestination> {
  const { config: changes, secret } = splitSecret(patch.config ?? {}, destinationSecretField)
  const merged = withoutNulls({ ...jsonObject(row.config), ...changes })
  const options = parseInput(destinationOptionsSchema, withoutNulls({ ...jsonObject(row.options), ...patch.options }), [
    'options',
  ])
  const kind = destinationKindSchema.parse(row.kind)
  const config = parseEnteredConfig(kind, merged)
  await refuseMetadataUrl(config['endpoint'], 'config.endpoint')
  const reach = destinationReach[kind]
  const secretSealed = reach
    ? sealedAfter(ctx, {
        reach,
        before: row.config,
        after: config,
        given: secret,
        sealed: row.secretSealed,
        context: destinationSecretContext(row.id),
      })
    : null
  return { ...row, name: patch.name ?? row.name, config, options, secretSealed }
}

const withoutNulls = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
