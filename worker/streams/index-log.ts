import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { bringIndexes } from '@/lib/services/log/bring-indexes'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { writeLogIndexes } from '@/lib/services/log/write-log-index'
import type { LogDestinations } from '@/lib/services/log/store/log-destinations'

/**
 * Writes the signed indexes of a source's log that are due, and brings those that a destination lacks there; to be called again and
 * again. Timelines that the log has left are looked after, too: their last segments are listed as well.
 */
export function indexer(input: {
  ctx: ServiceContext
  claim: ClaimedStream
  destinations: LogDestinations
}): (run: RunContext) => Promise<void> {
  const { ctx, claim } = input
  const { sourceId } = claim
  const known = new Map<string, Map<string, number>>()
  return async (run) => {
    const timelines = await ctx.db.logTimeline.findMany({
      where: { sourceId },
      select: { identity: true, timeline: true },
    })
    for (const { identity, timeline } of timelines) {
      const place = { sourceId, identity, timeline }
      const id = `${identity} ${timeline}`
      const complete = known.get(id) ?? new Map<string, number>()
      known.set(id, complete)
      const destinations = input.destinations.reachableStores
      await writeLogIndexes({ ctx, claim, place, destinations }, run)
      await bringIndexes({ ctx, place, destinations, complete }, run)
    }
  }
}
