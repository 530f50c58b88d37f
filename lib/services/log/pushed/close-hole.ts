import type { Db, Tx } from '@/lib/db/client'
import type { LogRangeModel } from '@/lib/db/generated/models/LogRange'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { assertStream } from '@/lib/services/log/hold-stream'
import { raiseGap } from '@/lib/services/log/raise-gap'

/** The first stored stretch behind what is stored without a hole; null: there is none. */
export async function behindHole(
  tx: Tx,
  { sourceId, identity, timeline, storedPosition }: LogStreamModel,
  order: (position: string) => bigint,
): Promise<LogRangeModel | null> {
  if (identity === null || timeline === null || storedPosition === null) return null
  return tx.logRange.findFirst({
    where: { sourceId, identity, timeline, fromOrder: { gt: order(storedPosition) } },
    orderBy: { fromOrder: 'asc' },
  })
}

/**
 * Notes that the log ends before a hole that nobody fills, where later log is stored: what is stored goes on behind it. Nothing happens
 * where there is none. Should the missing part come after all, it joins what it touches.
 */
export async function closeHole(
  db: Db,
  claim: ClaimedStream,
  { order, now }: { order(position: string): bigint; now: Date },
): Promise<void> {
  const { sourceId } = claim
  await db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    const stream = await tx.logStream.findUniqueOrThrow({
      where: { sourceId },
      include: { source: { select: { name: true } } },
    })
    const { identity, timeline, storedPosition, source } = stream
    const next = await behindHole(tx, stream, order)
    if (!next || identity === null || storedPosition === null) return
    const because = `The log from ${storedPosition} to ${next.from} was not handed in.`
    await tx.logRange.updateMany({
      where: { sourceId, identity, toOrder: order(storedPosition) },
      data: { endsBecause: because },
    })
    await tx.logStream.update({
      where: { sourceId },
      data: { storedPosition: next.to, hasWindow: false, windowFrom: null, coveredUntil: null, idleMark: null },
    })
    await raiseGap(tx, { sourceId, name: source.name, identity, timeline, because }, now)
  })
}
