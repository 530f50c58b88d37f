import { destinationContracts, destinationKindSchema } from '@/lib/contracts/destinations/index'
import type { UpdateDestination } from '@/lib/contracts/destination'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { destinationOptionsSchema, type DestinationOptions } from '@/lib/contracts/operations'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { ServiceContext } from '../context'
import { parseInput } from '../parse-input'
import { readSealedSecrets, sealedSecretsAfter, type SealedSecrets } from '../stored-secrets'
import { parseEnteredConfig, refuseDestinationAddress } from './destination-config'

/** A destination's row whose config and options were parsed, not yet stored. */
export type MergedDestination = Omit<DestinationModel, 'config' | 'options' | 'secretsSealed'> & {
  secretsSealed: SealedSecrets
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
  const kind = destinationKindSchema.parse(row.kind)
  const contract = destinationContracts[kind]
  const { settings, secrets } = splitSecrets(contract.secrets, patch.config ?? {})
  const merged = withoutNulls({ ...jsonObject(row.config), ...settings })
  const options = parseInput(destinationOptionsSchema, withoutNulls({ ...jsonObject(row.options), ...patch.options }), [
    'options',
  ])
  const config = parseEnteredConfig(kind, merged)
  await refuseDestinationAddress(kind, config)
  const secretsSealed = await sealedSecretsAfter(ctx, {
    owner: { type: 'destination', id: row.id },
    kinds: contract.secrets,
    before: row.config,
    after: config,
    given: secrets,
    sealed: readSealedSecrets(row.secretsSealed),
  })
  return { ...row, name: patch.name ?? row.name, config, options, secretsSealed }
}

const withoutNulls = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null))
