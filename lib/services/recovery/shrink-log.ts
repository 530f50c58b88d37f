import { expireLog } from '@/lib/core/recovery/expire-log'
import type { Tx } from '@/lib/db/client'
import type { LogRangeModel } from '@/lib/db/generated/models/LogRange'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { LogMethod } from '@/lib/ports/log-method'
import type { ServiceContext } from '@/lib/services/context'
import { isBaseUnderWay, keptBases } from './kept-bases'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import type { LogPlaceKey } from '@/lib/services/log/open-log'

const timeoutMs = 120_000

/**
 * Takes out of the catalog's ranges what no kept base backup needs, and notes in which destinations it has to be removed: from then on
 * no window promises it. The rows of the stream and the timelines are locked, so that no follower records anything meanwhile.
 */
export async function shrinkLog(ctx: ServiceContext, sourceId: string): Promise<void> {
  await ctx.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT source_id FROM log_stream WHERE source_id = ${sourceId}::uuid FOR UPDATE`
      const timelines = await lockTimelines(tx, sourceId)
      // Only after the locks: one that was just switched on is seen.
      const stream = await tx.logStream.findUnique({ where: { sourceId } })
      const isAboutToBegin = stream !== null && stream.timeline === null
      const source = await tx.source.findUniqueOrThrow({ where: { id: sourceId } })
      if (timelines.length === 0 || isAboutToBegin || (await isBaseUnderWay(tx, source))) return
      const method = logMethodOf(ctx, source)
      const kept = await keptBases(tx, method, source)
      const rows = await tx.logTimeline.findMany({ where: { sourceId }, include: { ranges: true, removals: true } })
      for (const [identity, own] of Map.groupBy(rows, (row) => row.identity)) {
        const followed = stream?.identity === identity ? stream.timeline : null
        const expired = expireLog({
          kept: kept.get(identity) ?? [],
          ranges: own.flatMap(({ ranges }) => ranges.map(({ timeline, fromOrder }) => ({ timeline, from: fromOrder }))),
          histories: own.flatMap(({ timeline, history }) =>
            history === null ? [] : [method.history(timeline, history)],
          ),
          currentTimeline: followed ?? '',
        })
        for (const { timeline, ranges, removals } of own) {
          const isEmpty = ranges.length === 0 && removals.length === 0 && timeline !== followed
          const before = isEmpty ? null : expired.find((each) => each.timeline === timeline)?.before
          if (before === undefined) continue
          const place = { sourceId, identity, timeline }
          await shrink(tx, { method, place, ranges, before, stream: timeline === followed ? stream : null })
        }
      }
    },
    { timeout: timeoutMs, maxWait: 30_000 },
  )
}

export function lockTimelines(tx: Tx, sourceId: string): Promise<{ identity: string; timeline: string }[]> {
  return tx.$queryRaw`
    SELECT identity, timeline FROM log_timeline WHERE source_id = ${sourceId}::uuid ORDER BY identity, timeline FOR UPDATE`
}

interface Shrink {
  method: LogMethod
  place: LogPlaceKey
  ranges: LogRangeModel[]
  /** Null: all of it. */
  before: bigint | null
  /** The follower of this very timeline; null: nobody follows it. */
  stream: LogStreamModel | null
}

async function shrink(tx: Tx, { method, place, ranges, before, stream }: Shrink): Promise<void> {
  const first = (before === null ? null : await firstFrom(tx, place, before)) ?? (stream && (await newest(tx, place)))
  if (stream && !first) return
  const gone = first ? ranges.filter(({ toOrder }) => toOrder <= first.order) : ranges
  const cut = first ? ranges.filter(({ fromOrder, toOrder }) => fromOrder < first.order && first.order < toOrder) : []
  const lower = first ? { number: { lt: first.number } } : {}
  const some = await tx.logSegment.findFirst({ where: { ...place, ...lower }, select: { number: true } })
  // Slices are few: there is one open segment.
  const slices = await tx.logSlice.deleteMany({ where: { ...place, ...lower } })
  if (gone.length === 0 && cut.length === 0 && !some && slices.count === 0 && ranges.length > 0) return
  await tx.logRange.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } })
  if (first) {
    await tx.logRange.updateMany({
      where: { id: { in: cut.map(({ id }) => id) } },
      data: { from: method.position(first.order), fromOrder: first.order },
    })
  }
  const beforeNumber = first?.number ?? (await behindAll(tx, place))
  const staying = new Set([...(stream?.destinationIds ?? []), ...ranges.flatMap(staysIn(gone))])
  const ids = new Set([...staying, ...ranges.map(({ destinationId }) => destinationId)])
  for (const destinationId of await thatExist(tx, [...ids])) {
    const whole = !staying.has(destinationId)
    await tx.$executeRaw`
      INSERT INTO log_removal (source_id, identity, timeline, destination_id, before_number, whole)
      VALUES (${place.sourceId}::uuid, ${place.identity}, ${place.timeline}, ${destinationId}::uuid, ${beforeNumber}, ${whole})
      ON CONFLICT (source_id, identity, timeline, destination_id)
      DO UPDATE SET before_number = GREATEST(log_removal.before_number, EXCLUDED.before_number), whole = EXCLUDED.whole`
  }
}

const staysIn =
  (gone: LogRangeModel[]) =>
  (range: LogRangeModel): string[] =>
    gone.includes(range) ? [] : [range.destinationId]

/** The segment that has this place or is the next one, whole or open: it stays. Null: there is none. */
async function firstFrom(tx: Tx, place: LogPlaceKey, before: bigint): Promise<First | null> {
  const where = { ...place, toOrder: { gt: before } }
  const segment = await tx.logSegment.findFirst({ where, orderBy: { toOrder: 'asc' } })
  if (segment) return { number: segment.number, order: segment.fromOrder }
  const slice = await tx.logSlice.findFirst({ where, orderBy: { number: 'asc' } })
  return slice && beginningOf(tx, place, slice.number)
}

/** What is followed goes on behind its newest segment, which therefore always stays. */
async function newest(tx: Tx, place: LogPlaceKey): Promise<First | null> {
  const segment = await tx.logSegment.findFirst({ where: place, orderBy: { number: 'desc' } })
  const slice = await tx.logSlice.findFirst({ where: place, orderBy: { number: 'desc' } })
  if (slice && slice.number > (segment?.number ?? -1n)) return beginningOf(tx, place, slice.number)
  return segment && { number: segment.number, order: segment.fromOrder }
}

interface First {
  number: bigint
  /** Where it begins. */
  order: bigint
}

async function beginningOf(tx: Tx, place: LogPlaceKey, number: bigint): Promise<First | null> {
  const first = await tx.logSlice.findFirst({ where: { ...place, number }, orderBy: { fromByte: 'asc' } })
  return first && { number, order: first.fromOrder }
}

/** Behind all whole segments. The open one is not among them: a follower that begins anew may write it. */
async function behindAll(tx: Tx, place: LogPlaceKey): Promise<bigint> {
  const { _max } = await tx.logSegment.aggregate({ where: place, _max: { number: true } })
  return (_max.number ?? 0n) + 1n
}

async function thatExist(tx: Tx, ids: string[]): Promise<string[]> {
  const rows = await tx.destination.findMany({ where: { id: { in: ids }, deletedAt: null }, select: { id: true } })
  return rows.map(({ id }) => id)
}
