import { toFailure } from '@/lib/core/holdfast-error'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { type LogRemovalKey, removeLogObjects, unusedPeriods } from './remove-log-objects'
import { lockTimelines, shrinkLog } from './shrink-log'

/** Rows in one statement. */
const atOnce = 10_000

export interface RemovedLog {
  /** Objects that are gone from the stores. */
  removed: number
  /** What could not be removed, for people; the next run tries it again. */
  troubles: string[]
}

/**
 * Removes the log of a source that no kept base backup needs. First the catalog stops to promise it, then its segments leave the
 * catalog, then their objects the destinations, and last what the catalog remembers of the removal: a run that is cut short anywhere is
 * completed by the next one. While a base backup waits or runs nothing new expires. Trouble with one destination does not keep the
 * others from being cleaned.
 */
export async function removeExpiredLog(args: {
  ctx: ServiceContext
  sourceId: string
  run: RunContext
}): Promise<RemovedLog> {
  const { ctx, sourceId, run } = args
  await shrinkLog(ctx, sourceId)
  const removals = await ctx.db.logRemoval.findMany({ where: { sourceId } })
  for (const place of removals) await forgetSegments(ctx, place, run)
  const all: RemovedLog = { removed: 0, troubles: [] }
  for (const [destinationId, own] of Map.groupBy(removals, (removal) => removal.destinationId)) {
    const { removed, troubles } = await cleanDestination(ctx, destinationId, own, run)
    all.removed += removed
    all.troubles.push(...troubles)
  }
  await dropEmptyTimelines(ctx, sourceId)
  return all
}

/** The same for every source that ever had a log, also those that were deleted or switched off. */
export async function removeAllExpiredLog({ ctx, run }: { ctx: ServiceContext; run: RunContext }): Promise<RemovedLog> {
  const sources = await ctx.db.logTimeline.findMany({
    distinct: ['sourceId'],
    select: { source: { select: { id: true, name: true } } },
  })
  const all: RemovedLog = { removed: 0, troubles: [] }
  for (const { source } of sources) {
    try {
      const { removed, troubles } = await removeExpiredLog({ ctx, sourceId: source.id, run })
      all.removed += removed
      all.troubles.push(...troubles)
    } catch (error) {
      run.signal.throwIfAborted()
      all.troubles.push(`The log of ${source.name}: ${tellFailure(toFailure(error))}`)
    }
  }
  return all
}

async function forgetSegments(
  ctx: ServiceContext,
  { sourceId, identity, timeline }: LogPlaceKey,
  run: RunContext,
): Promise<void> {
  for (let deleted = atOnce; deleted === atOnce;) {
    run.signal.throwIfAborted()
    deleted = await ctx.db.$executeRaw`
      DELETE FROM log_segment WHERE (source_id, identity, timeline, number) IN (
        SELECT s.source_id, s.identity, s.timeline, s.number FROM log_segment s
        WHERE s.source_id = ${sourceId}::uuid AND s.identity = ${identity} AND s.timeline = ${timeline}
          AND s.number < (SELECT max(before_number) FROM log_removal r
            WHERE r.source_id = ${sourceId}::uuid AND r.identity = ${identity} AND r.timeline = ${timeline})
        ORDER BY s.number LIMIT ${atOnce})`
  }
}

async function cleanDestination(
  ctx: ServiceContext,
  destinationId: string,
  removals: LogRemovalKey[],
  run: RunContext,
): Promise<RemovedLog> {
  const destination = await ctx.db.destination.findFirst({ where: { id: destinationId, deletedAt: null } })
  if (!destination) {
    // What lies in a destination that was removed is not touched.
    await ctx.db.logRemoval.deleteMany({ where: { destinationId } })
    return { removed: 0, troubles: [] }
  }
  const all: RemovedLog = { removed: 0, troubles: [] }
  try {
    const storage = ctx.openStorage(await destinationSpec(ctx, destination))
    try {
      for (const removal of removals) {
        all.removed += await removeLogObjects(ctx, removal, storage, run)
        await ctx.db.$transaction((tx) => tx.logRemoval.deleteMany({ where: keyOf(removal) }))
      }
    } finally {
      await storage.close()
    }
  } catch (error) {
    run.signal.throwIfAborted()
    const failure = toFailure(error)
    run.logger.warn('expired log could not be removed', { destination: destination.name, error: failure.message })
    all.troubles.push(`${destination.name}: ${tellFailure(failure)}`)
  }
  return all
}

/** As it was carried out: when more is to go by now, or the timeline is followed again, it stays. */
const keyOf = ({ sourceId, identity, timeline, destinationId, beforeNumber, whole }: LogRemovalKey) => ({
  ...{ sourceId, identity, timeline, destinationId, beforeNumber, whole },
})

/** Forgets keys that open nothing any more, and timelines of which nothing is left, once they are gone from every destination. */
async function dropEmptyTimelines(ctx: ServiceContext, sourceId: string): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT source_id FROM log_stream WHERE source_id = ${sourceId}::uuid FOR UPDATE`
    await lockTimelines(tx, sourceId)
    const stream = await tx.logStream.findUnique({ where: { sourceId } })
    const cleaned = await tx.logTimeline.findMany({
      where: { sourceId, removals: { none: {} } },
      select: { identity: true, timeline: true, _count: { select: { ranges: true } } },
    })
    for (const { identity, timeline, _count } of cleaned) {
      const place = { sourceId, identity, timeline }
      const isFollowed = stream?.identity === identity && stream.timeline === timeline
      const mayBe = stream !== null && stream.timeline === null
      if (_count.ranges === 0 && !isFollowed && !mayBe) await tx.logTimeline.deleteMany({ where: place })
      else await tx.logPeriod.deleteMany({ where: { ...place, period: { in: await unusedPeriods(tx, place) } } })
    }
  })
}
