import { z } from 'zod'
import type { DestinationContract } from './destination-contract'
import { localContract } from './local'
import { s3Contract } from './s3'

export const destinationKinds = ['local', 's3'] as const
export const destinationKindSchema = z.enum(destinationKinds)
export type DestinationKind = z.infer<typeof destinationKindSchema>

/** The only list of what destinations look like from outside; lib/storage lists what they do. */
export const destinationContracts: Record<DestinationKind, DestinationContract> = {
  local: localContract,
  s3: s3Contract,
}

/** The contract of a stored destination's kind. */
export const destinationContract = (kind: string): DestinationContract =>
  destinationContracts[destinationKindSchema.parse(kind)]
