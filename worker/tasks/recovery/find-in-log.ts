import { buffer } from 'node:stream/consumers'
import type { FoundRecord } from '@/lib/core/recovery/plan-recovery'
import { type PathWindow, pathsOf } from '@/lib/core/recovery/path-windows'
import type { LogReader } from '@/lib/ports/log-reader'
import type { RecoveryMethod, SoughtRecord } from '@/lib/ports/recovery-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { openLogReader } from '@/lib/services/log/open-log-reader'
import { readStoredLog, type StoredLogOf } from '@/lib/services/recovery/read-stored-log'

/** Names that are read from the catalog at once. */
const atOnce = 500

interface Leg {
  timeline: string
  from: bigint
  to: bigint
}

/**
 * Reads the stored log that can be recovered to for a record, from the newest window back, along one timeline and its ancestors. Of
 * several in a window the last one is meant. Null: it is in none of them.
 */
export async function findInLog(
  ctx: ServiceContext,
  { source, recovery }: { source: { engine: string }; recovery: RecoveryMethod },
  { of, sought, timeline }: { of: StoredLogOf; sought: SoughtRecord; timeline: string | undefined },
  run: RunContext,
): Promise<FoundRecord | null> {
  const paths = pathsOf(await readStoredLog(ctx.db, logMethodOf(ctx, source), of))
  const path = timeline === undefined ? paths.at(-1) : paths.find((each) => each.timeline === timeline)
  const reader = openLogReader(ctx, of)
  try {
    for (const window of (path?.windows ?? []).toReversed()) {
      let found: FoundRecord | null = null
      for (const { timeline: name, from, to } of path?.legs ?? []) {
        const leg = { timeline: name, from: later(from, window.reachableFrom), to: earlier(to, window.to) }
        if (leg.from < leg.to) found = (await searchLeg(ctx, { of, sought, recovery, reader, leg }, run)) ?? found
      }
      if (found) return found
    }
    return null
  } finally {
    await reader.close()
  }
}

const later = (a: bigint, b: PathWindow['reachableFrom']) => (a > b ? a : b)
const earlier = (a: bigint | null, b: bigint) => (a !== null && a < b ? a : b)

async function searchLeg(
  ctx: ServiceContext,
  search: { of: StoredLogOf; sought: SoughtRecord; recovery: RecoveryMethod; reader: LogReader; leg: Leg },
  run: RunContext,
): Promise<FoundRecord | null> {
  const { of, sought, recovery, reader, leg } = search
  const { sourceId, identity } = of
  const { segmentBytes } = await ctx.db.logTimeline.findUniqueOrThrow({
    where: { sourceId_identity_timeline: { sourceId, identity, timeline: leg.timeline } },
  })
  const size = BigInt(segmentBytes)
  const look = recovery.finder(sought, segmentBytes)
  let found: FoundRecord | null = null
  for await (const { name, number } of segmentsOf(ctx, of, { ...leg, size })) {
    run.signal.throwIfAborted()
    const start = number * size
    run.progress({
      phase: 'searching the log',
      doneBytes: Number(start > leg.from ? start - leg.from : 0n),
      totalBytes: Number(leg.to - leg.from),
    })
    const stream = await reader.fetch(name, run)
    if (!stream) break
    const bytes = await buffer(stream)
    // Behind the end of what is stored there are zeros.
    const own = look(start, bytes.subarray(0, Number(leg.to - start < size ? leg.to - start : size)))
    found = own.findLast(({ position }) => leg.from <= position && position < leg.to) ?? found
  }
  return found
}

/** Segments that have something of a leg, in order, whole and open. */
async function* segmentsOf(
  ctx: ServiceContext,
  { sourceId, identity }: StoredLogOf,
  { timeline, from, to, size }: Leg & { size: bigint },
): AsyncGenerator<{ name: string; number: bigint }> {
  const last = (to - 1n) / size
  for (let next = from / size; ;) {
    const rows = await ctx.db.logSegment.findMany({
      where: { sourceId, identity, timeline, number: { gte: next, lte: last } },
      select: { name: true, number: true },
      orderBy: { number: 'asc' },
      take: atOnce,
    })
    yield* rows
    const newest = rows.at(-1)
    if (newest) next = newest.number + 1n
    if (rows.length === atOnce) continue
    const open = await ctx.db.logSlice.findFirst({
      where: { sourceId, identity, timeline, number: { gte: next, lte: last } },
      select: { name: true, number: true },
    })
    if (open) yield open
    return
  }
}
