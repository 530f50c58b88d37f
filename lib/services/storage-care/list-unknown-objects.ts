import type { UnknownObjects } from '@/lib/contracts/destination'
import type { ServiceContext } from '../context'
import { findDestination } from '../destination/find-destination'
import { permit } from '../permit'
import { countUnknown, removableBefore } from './count-unknown'

const shownAtMost = 200

/** Objects in a destination that the catalog does not know, the largest first. Throws `not-found`. */
export async function listUnknownObjects(args: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<UnknownObjects> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  await findDestination(ctx.db, input.id)
  const now = ctx.clock.now()
  const [totals, findings] = await Promise.all([
    countUnknown(ctx.db, input.id, now),
    ctx.db.storageFinding.findMany({
      where: { destinationId: input.id, goneAt: null },
      orderBy: [{ sizeBytes: 'desc' }, { key: 'asc' }],
      take: shownAtMost,
    }),
  ])
  const items = findings.map(({ key, sizeBytes, lastModified, firstSeenAt }) => ({
    key,
    sizeBytes: Number(sizeBytes),
    lastModified: lastModified.toISOString(),
    firstSeenAt: firstSeenAt.toISOString(),
    removable: lastModified < removableBefore(now),
  }))
  return { items, ...totals }
}
