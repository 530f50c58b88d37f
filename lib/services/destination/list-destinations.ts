import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Destination } from '@/lib/contracts/destination'
import { toDestination } from '@/lib/db/catalog/destination'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { destinationUsage } from './destination-usage'

/** Destinations by name, with what lies in each. */
export async function listDestinations({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery
}): Promise<Page<Destination>> {
  permit(ctx.actor, 'viewer')
  const page = await keysetPage(
    input,
    (row: Parameters<typeof toDestination>[0]) => row,
    (keys) =>
      ctx.db.destination.findMany({ where: { deletedAt: null }, orderBy: [{ name: 'asc' }, { id: 'asc' }], ...keys }),
  )
  const usage = await destinationUsage(
    ctx.db,
    page.items.map((row) => row.id),
  )
  const items = page.items.map((row) => toDestination(row, usage.get(row.id) ?? { backupCount: 0, storedBytes: 0 }))
  return { ...page, items }
}
