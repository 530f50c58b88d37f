import type { Db } from '@/lib/db/client'
import type { ClaimedStream } from './claim-streams'
import { assertStream } from './hold-stream'
import { raiseGap } from './raise-gap'

/** Notes that the log ends here, and why: what came next is gone, and a new beginning is made. */
export async function closeWindow(
  db: Db,
  claim: ClaimedStream,
  { because, now }: { because: string; now: Date },
): Promise<void> {
  await db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    const stream = await tx.logStream.findUniqueOrThrow({
      where: { sourceId: claim.sourceId },
      include: { source: { select: { name: true } } },
    })
    const { sourceId, identity, timeline, coveredUntil, source } = stream
    if (identity === null || timeline === null) return
    const newest = await tx.logRange.findFirst({
      where: { sourceId, identity, timeline },
      orderBy: { toOrder: 'desc' },
      select: { toOrder: true },
    })
    if (!newest) return
    await tx.logStream.update({ where: { sourceId }, data: { hasWindow: false, windowFrom: null } })
    await tx.logRange.updateMany({
      where: { sourceId, identity, timeline, toOrder: newest.toOrder },
      data: { endsBecause: because, coveredUntil },
    })
    await raiseGap(tx, { sourceId, name: source.name, identity, timeline, because }, now)
  })
}
