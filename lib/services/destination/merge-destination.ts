import { destinationKindSchema, type UpdateDestination } from '@/lib/contracts/destination'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { ServiceContext } from '../context'
import { refuseMetadataUrl } from '../refuse-metadata-address'
import { destinationSecretField, parseDestinationConfig } from './destination-config'
import { destinationSecretContext } from './destination-spec'
import { splitSecret } from '../split-secret'

/** A destination's row whose config was parsed, not yet stored. */
export type MergedDestination = Omit<DestinationModel, 'config'> & { config: Record<string, unknown> }

/**
 * The row with a patch over it, not stored. An absent secret keeps the stored one, an empty one removes it; a field set
 * to null is removed. Throws `invalid-input` and `address-refused`.
 */
export async function mergeDestination(
  ctx: Pick<ServiceContext, 'vault'>,
  row: DestinationModel,
  patch: UpdateDestination,
): Promise<MergedDestination> {
  const { config: changes, secret } = splitSecret(patch.config ?? {}, destinationSecretField)
  const merged = Object.fromEntries(
    Object.entries({ ...jsonObject(row.config), ...changes }).filter(([, value]) => value !== null),
  )
  const config = parseDestinationConfig(destinationKindSchema.parse(row.kind), merged)
  await refuseMetadataUrl(config['endpoint'], 'config.endpoint')
  let secretSealed = row.secretSealed
  if (secret !== undefined) {
    secretSealed = secret === '' ? null : ctx.vault.seal(secret, destinationSecretContext(row.id))
  }
  return { ...row, name: patch.name ?? row.name, config, secretSealed }
}
