import type { Tx } from '@/lib/db/client'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { found } from '../not-found'

/** A destination that was not deleted; throws `not-found`. */
export async function findDestination(tx: Tx, id: string): Promise<DestinationModel> {
  return found(await tx.destination.findFirst({ where: { id, deletedAt: null } }), 'destination')
}
