import type { Destination } from '@/lib/contracts/destination'
import { toDestination } from '@/lib/db/catalog/destination'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { usageOf } from './destination-usage'
import { findDestination } from './find-destination'

/** One destination; throws `not-found`. */
export async function getDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<Destination> {
  permit(ctx.actor, 'viewer')
  const row = await findDestination(ctx.db, input.id)
  return toDestination(row, await usageOf(ctx.db, row.id))
}
