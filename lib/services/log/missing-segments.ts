import type { Tx } from '@/lib/db/client'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogMethod } from '@/lib/ports/log-method'
import type { LogPlaceKey } from './open-log'
import { readBases } from '@/lib/services/recovery/read-stored-log'

/**
 * The oldest stored segments that a destination lacks: since it got its first, and since the start of the oldest base backup that lies
 * there. Looks only into the gaps between its ranges, however long the log is.
 */
export async function missingSegments(
  tx: Tx,
  method: LogMethod,
  place: LogPlaceKey & { destinationId: string },
  limit: number,
): Promise<LogSegmentModel[]> {
  const ranges = await tx.logRange.findMany({ where: place, orderBy: { fromOrder: 'asc' } })
  const { sourceId, identity, timeline } = place
  const bases = await readBases(tx, method, place)
  const starts = bases.filter((base) => base.timeline === timeline).map(({ start }) => start)
  const ends = [...starts, ...ranges.map(({ toOrder }) => toOrder)].sort((a, b) => (a < b ? -1 : 1))
  const missing: LogSegmentModel[] = []
  for (const end of ends) {
    if (ranges.some(({ fromOrder, toOrder }) => fromOrder <= end && end < toOrder)) continue
    const next = ranges.find(({ fromOrder }) => fromOrder > end)
    const found = await tx.logSegment.findMany({
      where: {
        ...{ sourceId, identity, timeline },
        toOrder: { gt: missing.reduce((a, { toOrder }) => (toOrder > a ? toOrder : a), end) },
        ...(next ? { fromOrder: { lt: next.fromOrder } } : {}),
      },
      orderBy: { toOrder: 'asc' },
      take: limit - missing.length,
    })
    missing.push(...found)
    if (missing.length >= limit) break
  }
  return missing
}

/** Destinations that have all of a segment. */
export async function holdersOf(tx: Tx, segment: LogSegmentModel): Promise<string[]> {
  const { sourceId, identity, timeline, fromOrder, toOrder } = segment
  const ranges = await tx.logRange.findMany({
    where: { sourceId, identity, timeline, fromOrder: { lte: fromOrder }, toOrder: { gte: toOrder } },
    select: { destinationId: true },
  })
  return ranges.map(({ destinationId }) => destinationId)
}
