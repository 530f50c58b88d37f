import { destinationContracts, type DestinationKind } from '@/lib/contracts/destinations/index'
import { parseInput } from '../parse-input'
import { refuseMetadataUrl } from '../refuse-metadata-address'

/** Reads a stored config by the contract of its kind and fills in defaults. Throws `invalid-input`. */
export function parseDestinationConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return parseInput(destinationContracts[kind].config, config, ['config'])
}

/** Checks a config as it was entered; stricter than what is read, see `lib/contracts/entered.ts`. Throws `invalid-input`. */
export function parseEnteredConfig(kind: DestinationKind, config: unknown): Record<string, unknown> {
  return parseInput(destinationContracts[kind].enteredConfig, config, ['config'])
}

/** A store must not be the metadata service of the machine's cloud. Throws `address-refused`. */
export async function refuseDestinationAddress(kind: DestinationKind, config: unknown): Promise<void> {
  for (const { field, url } of destinationContracts[kind].addresses(config)) await refuseMetadataUrl(url, field)
}
