import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import type { ClaimedStream } from './claim-streams'
import { assertStream } from './hold-stream'
import type { LogPlaceKey } from './open-log'

/** A stored object of the log, as the catalog remembers it. */
export interface StoredLogObject {
  number: number
  name: string
  sourceSha256: string
  storedBytes: number
  storedSha256: string
  compression: string
  /** Null: not encrypted. */
  period: number | null
}

/** Positions and what was committed between them; `to` is exclusive. */
export interface LogStretch {
  from: string
  to: string
  fromOrder: bigint
  toOrder: bigint
  /** The newest commit before `to`, as far as it is known. */
  lastCommitAt: Date | null
}

/** Records a segment that is stored whole in these destinations. The slices of it are no longer needed: answers them. */
export async function recordSegment(
  ctx: ServiceContext,
  claim: ClaimedStream,
  place: LogPlaceKey,
  segment: StoredLogObject & LogStretch & { sourceBytes: number; destinationIds: string[] },
  /** Of log that need not come in order: how positions are ordered. What is stored then ends before the first hole. */
  order?: (position: string) => bigint,
): Promise<{ fromByte: number; toByte: number; compression: string; period: number | null }[]> {
  const { destinationIds, ...row } = segment
  const where = { ...place, number: BigInt(segment.number) }
  return ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await tx.logSegment.create({
      data: {
        ...place,
        ...row,
        number: BigInt(row.number),
        sourceBytes: BigInt(row.sourceBytes),
        storedBytes: BigInt(row.storedBytes),
        storedAt: ctx.clock.now(),
      },
    })
    const slices = await tx.logSlice.findMany({ where })
    await tx.logSlice.deleteMany({ where })
    await extend(tx, place, segment, destinationIds, order)
    return slices
  })
}

/** Records a piece of the open segment that is stored in these destinations. */
export async function recordSlice(
  ctx: ServiceContext,
  claim: ClaimedStream,
  place: LogPlaceKey,
  slice: StoredLogObject & LogStretch & { fromByte: number; toByte: number; destinationIds: string[] },
): Promise<void> {
  const { number, name, fromByte, toByte, fromOrder, toOrder } = slice
  const { sourceSha256, storedBytes, storedSha256, compression, period } = slice
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await tx.logSlice.create({
      data: {
        ...place,
        number: BigInt(number),
        name,
        ...{ fromByte, toByte, fromOrder, toOrder },
        sourceSha256,
        storedBytes: BigInt(storedBytes),
        storedSha256,
        compression,
        period,
      },
    })
    await extend(tx, place, slice, slice.destinationIds)
  })
}

async function extend(
  tx: Tx,
  place: LogPlaceKey,
  stretch: LogStretch,
  destinationIds: string[],
  order?: (position: string) => bigint,
): Promise<void> {
  for (const destinationId of destinationIds) await extendRange(tx, { ...place, destinationId }, stretch)
  const to = order ? await storedWithoutHole(tx, place, order) : stretch.to
  await tx.$executeRaw`
    UPDATE log_stream SET failures = 0, stored_position = COALESCE(${to}, stored_position), last_commit_at = GREATEST(last_commit_at, ${stretch.lastCommitAt}::timestamptz)
    WHERE source_id = ${place.sourceId}::uuid`
}

/** Up to where the timeline of the server is stored from where it was stored to, or from its oldest range on; null: nothing of it is. */
async function storedWithoutHole(
  tx: Tx,
  { sourceId, identity }: LogPlaceKey,
  order: (position: string) => bigint,
): Promise<string | null> {
  const stream = await tx.logStream.findUniqueOrThrow({ where: { sourceId } })
  const of = { sourceId, identity, timeline: stream.timeline ?? '' }
  const before = stream.storedPosition === null ? null : order(stream.storedPosition)
  const range = await tx.logRange.findFirst({
    where: before === null ? of : { ...of, fromOrder: { lte: before }, toOrder: { gte: before } },
    orderBy: before === null ? { fromOrder: 'asc' } : { toOrder: 'desc' },
    select: { to: true },
  })
  return range?.to ?? null
}

/**
 * Adds a stretch to what lies in a destination. It joins the ranges that it touches or overlaps; with none, it begins a new one, and
 * what lies between is a gap.
 */
export async function extendRange(
  tx: Tx,
  place: LogPlaceKey & { destinationId: string },
  stretch: LogStretch,
): Promise<void> {
  const touched = await tx.logRange.findMany({
    where: { ...place, fromOrder: { lte: stretch.toOrder }, toOrder: { gte: stretch.fromOrder } },
    orderBy: { fromOrder: 'asc' },
  })
  const first = touched[0]
  if (!first) {
    const { from, to, fromOrder, toOrder, lastCommitAt } = stretch
    await tx.logRange.create({ data: { ...place, from, to, fromOrder, toOrder, lastCommitAt } })
    return
  }
  const all = [...touched, { ...stretch, coveredUntil: null, endsBecause: null }]
  const begins = all.reduce((a, b) => (b.fromOrder < a.fromOrder ? b : a))
  const ends = all.reduce((a, b) => (b.toOrder > a.toOrder ? b : a))
  await tx.logRange.deleteMany({ where: { id: { in: touched.slice(1).map(({ id }) => id) } } })
  await tx.logRange.update({
    where: { id: first.id },
    data: {
      from: begins.from,
      fromOrder: begins.fromOrder,
      to: ends.to,
      toOrder: ends.toOrder,
      lastCommitAt: latest(all.map((each) => each.lastCommitAt)),
      coveredUntil: latest(all.map((each) => each.coveredUntil)),
      endsBecause: ends.endsBecause,
    },
  })
}

function latest(times: (Date | null)[]): Date | null {
  return times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null)
}
