import type { UnknownObjects } from '@/lib/contracts/destination'
import { isRemovable } from '@/lib/core/storage-care/judge-unknown'
import type { ServiceContext } from '../context'
import { findDestination } from '../destination/find-destination'
import { permit } from '../permit'
import { countUnknown } from './count-unknown'

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
      where: { destinationId: input.id, reportedAt: { not: null } },
      orderBy: [{ sizeBytes: 'desc' }, { key: 'asc' }],
      take: shownAtMost,
    }),
  ])
  const items = findings.map((finding) => ({
    key: finding.key,
    sizeBytes: Number(finding.sizeBytes),
    lastModified: finding.lastModified?.toISOString() ?? null,
    firstSeenAt: finding.firstSeenAt.toISOString(),
    removable: isRemovable(finding, now),
  }))
  return { items, ...totals }
}
