import { z } from 'zod'
import { atLeastOne } from '../common'
import type { DestinationContract, PlaceOptions } from './destination-contract'
import { localContract } from './local'
import { s3Contract } from './s3'

/** The only list of what destinations look like from outside; lib/storage lists what they do. */
export const destinationContracts = {
  local: localContract,
  s3: s3Contract,
} satisfies Record<string, DestinationContract>

export type DestinationKind = keyof typeof destinationContracts
export const destinationKindSchema = z.enum(atLeastOne(Object.keys(destinationContracts) as DestinationKind[]))
export const destinationKinds = destinationKindSchema.options

/** The contract of a stored destination's kind. */
export const destinationContract = (kind: string): DestinationContract =>
  destinationContracts[destinationKindSchema.parse(kind)]

/** A folder on the machine of the worker: where the first backups go. */
export const folderDestination = (path: string) => ({ kind: 'local', config: { path } }) as const

/** A place as people write it on the command line (`s3://bucket/prefix`, or a folder); null: no kind reads it so. */
export function readPlace(place: string, options: PlaceOptions = {}): { kind: DestinationKind; config: object } | null {
  for (const kind of destinationKinds) {
    const contract: DestinationContract = destinationContracts[kind]
    const config = contract.readPlace?.(place, options)
    if (config) return { kind, config }
  }
  return null
}
