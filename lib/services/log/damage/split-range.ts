import type { Tx } from '@/lib/db/client'
import type { LogMethod, LogStretch } from '@/lib/ports/log-method'
import type { LogPlaceKey } from '../open-log'

/**
 * Takes a stretch out of what lies in a destination: what lay before it ends there, with the reason, and what lies behind it stays for
 * itself. Only with the timeline's row locked; nothing happens where it does not lie there as a whole.
 */
export async function splitRange(
  tx: Tx,
  method: Pick<LogMethod, 'position'>,
  place: LogPlaceKey & { destinationId: string },
  { from, to, because }: LogStretch & { because: string },
): Promise<void> {
  const found = await tx.logRange.findFirst({ where: { ...place, fromOrder: { lte: from }, toOrder: { gte: to } } })
  if (!found) return
  const { id, ...range } = found
  const behind = { from: method.position(to), fromOrder: to }
  const goesOn = range.toOrder > to
  if (range.fromOrder === from && goesOn) {
    await tx.logRange.update({ where: { id }, data: behind })
    return
  }
  // One that has nothing left stays without a length: it says where the log ends, and why.
  const lastCommitAt = await lastCommitBefore(tx, place, { from: range.fromOrder, to: from })
  const ends = { to: method.position(from), toOrder: from, lastCommitAt, coveredUntil: null, endsBecause: because }
  await tx.logRange.update({ where: { id }, data: ends })
  if (goesOn) await tx.logRange.create({ data: { ...range, ...behind } })
}

async function lastCommitBefore(tx: Tx, place: LogPlaceKey, within: LogStretch): Promise<Date | null> {
  const { sourceId, identity, timeline } = place
  const segment = await tx.logSegment.findFirst({
    where: {
      ...{ sourceId, identity, timeline },
      toOrder: { lte: within.to, gt: within.from },
      lastCommitAt: { not: null },
    },
    orderBy: { toOrder: 'desc' },
    select: { lastCommitAt: true },
  })
  return segment?.lastCommitAt ?? null
}
