import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { LogEvent, LogFollowing, LogMethod, LogResume } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { currentPeriod, openTimeline, type LogPlaceKey } from '@/lib/services/log/open-log'
import { periodFiles } from '@/lib/services/log/period-keys'
import { protectionOf } from '@/lib/services/log/protection-of'
import { resumeLog } from '@/lib/services/log/resume-log'
import { sourceSpec } from '@/lib/services/source/source-spec'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { catchUp } from './catch-up'
import { indexer } from './index-log'
import { LogDestinations } from './log-destinations'
import { LogWriter } from './log-writer'
import { putHistories } from './put-histories'
import type { LogForm } from './seal'
import { assertStream, type StreamFacts } from '@/lib/services/log/hold-stream'

const tickMs = 500
/** How often destinations that lack something are looked at, and segments that no index lists. */
const keepUpEveryMs = 10_000

/** What a stream that is being followed can be asked. */
export interface RunningStream {
  facts(): StreamFacts | null
  /** A position that is to be stored at once. */
  want(order: bigint | null): void
}

/**
 * Follows the log of a source until the run is aborted, and stores it. Rejects when it cannot be followed or stored: the server then
 * keeps what is not stored, and the next attempt goes on from there. Resolves when the log goes on in another timeline.
 */
export async function runStream(
  input: { ctx: ServiceContext; claim: ClaimedStream; running: (stream: RunningStream) => void },
  run: RunContext,
): Promise<void> {
  const { ctx, claim } = input
  const row = await ctx.db.source.findUniqueOrThrow({ where: { id: claim.sourceId }, include: { logStream: true } })
  const spec = await sourceSpec(ctx, row)
  const method = logMethodOf(ctx, spec)
  const protection = protectionOf(row.protection)
  const resume = await resumeLog(ctx.db, claim.sourceId)
  const following = await method.follow(spec, resume, run)
  const destinations = await openDestinations(ctx, { claim, ids: row.logStream?.destinationIds ?? [] }, run)
  const stop = new AbortController()
  try {
    const place = await openTimeline(ctx, claim, following)
    const form = formOf({ ctx, claim, place, spec })
    await putHistories({ ctx, claim, place, following, destinations, form })
    const writer = new LogWriter({
      ...{ ctx, claim, place, following, destinations, form },
      order: (position) => method.order(position),
      sliceMs: protection.sliceMs,
      stored: await storedBefore({ ctx, place, method }, resume, following),
      slices: await ctx.db.logSlice.findMany({ where: place, orderBy: { fromByte: 'asc' } }),
    })
    let wanted: bigint | null = null
    input.running({ facts: () => writer.facts(), want: (order) => (wanted = order) })
    const queue = inTurn()
    const ticking = tick(stop.signal, async () => queue(() => writer.sliceIfDue(wanted)))
    const log = { ctx, claim, place, method, destinations }
    const keep = (what: string, work: (run: RunContext) => Promise<void>) => keepUp(what, work, run, stop.signal)
    const catching = keep('log that a destination lacks could not be copied there', (own) => catchUp(log, own))
    const indexing = keep('the log could not be indexed', indexer(log))
    const reading = (async () => {
      let forked: Extract<LogEvent, { type: 'forked' }> | null = null
      for await (const event of following.events) {
        if (event.type === 'forked') forked = event
        else await queue(() => writer.take(event))
      }
      if (forked) await queue(() => writer.slice())
    })()
    try {
      await Promise.race([reading, ticking, catching, indexing])
    } finally {
      stop.abort()
      await following.close()
      await Promise.allSettled([reading, ticking, catching, indexing])
    }
  } finally {
    stop.abort()
    await following.close()
    await destinations.close()
  }
}

/**
 * Up to where the followed timeline is stored already, from where it is read on: also by a follower that was switched off since. Throws
 * `log-gap` when it is read from behind the end of what is stored.
 */
async function storedBefore(
  { ctx, place, method }: { ctx: ServiceContext; place: LogPlaceKey; method: LogMethod },
  resume: LogResume | null,
  { from }: Pick<LogFollowing, 'from'>,
): Promise<string> {
  const order = method.order(from)
  const stored = await ctx.db.logRange.findFirst({
    where: { ...place, fromOrder: { lte: order }, toOrder: { gte: order } },
    orderBy: { toOrder: 'desc' },
    select: { to: true },
  })
  if (stored) return stored.to
  if (!resume || resume.afterGap || resume.timeline !== place.timeline) return from
  throw new HoldfastError(
    'log-gap',
    `The log that comes next is gone: it goes on at ${from} instead of ${resume.position}.`,
  )
}

/** Runs what it is given one after the other. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}

/** Rejects when the work does; never resolves before it is stopped. */
async function tick(signal: AbortSignal, work: () => Promise<void>, everyMs = tickMs): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, null, { signal }).catch(() => undefined)
    if (!signal.aborted) await work()
  }
}

async function openDestinations(
  ctx: ServiceContext,
  { claim, ids }: { claim: ClaimedStream; ids: string[] },
  run: RunContext,
): Promise<LogDestinations> {
  const rows = await ctx.db.destination.findMany({ where: { id: { in: ids }, deletedAt: null } })
  if (rows.length === 0) {
    throw new HoldfastError('destination-needed', 'None of the destinations of this log exists any more.', {
      remedy: 'Choose a destination for the log in the protection of the source.',
    })
  }
  const opened = await Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      name: row.name,
      storage: ctx.openStorage(await destinationSpec(ctx, row)),
    })),
  )
  return new LogDestinations(opened, run, () => ctx.db.$transaction((tx) => assertStream(tx, claim)))
}

/** How new objects are stored, asked for each: a period's key is used until the period is over. */
function formOf(input: { ctx: ServiceContext; claim: ClaimedStream; place: LogPlaceKey; spec: SourceSpec }) {
  const { ctx, claim, place, spec } = input
  const { compression, compressionLevel, encryption } = spec.options
  const plain: Omit<LogForm, 'encryption'> = {
    compression: compression === 'none' ? 'none' : 'zstd',
    level: compression === 'zstd' ? compressionLevel : 1,
  }
  return async () => {
    if (encryption === 'none') return { form: { ...plain, encryption: null }, needs: [] }
    const row = await currentPeriod(ctx, claim, place, encryption)
    return {
      form: { ...plain, encryption: { format: encryption, recipient: row.recipient, period: row.period } },
      needs: periodFiles(row),
    }
  }
}

/** Does what may lag behind the log, again and again; trouble with it is logged and tried again. */
function keepUp(
  what: string,
  work: (run: RunContext) => Promise<void>,
  run: RunContext,
  signal: AbortSignal,
): Promise<void> {
  return tick(
    signal,
    async () => {
      try {
        await work({ ...run, signal: AbortSignal.any([run.signal, signal]) })
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof HoldfastError && error.code === 'lease-lost') throw error
        run.logger.warn(what, { error: String(error) })
      }
    },
    keepUpEveryMs,
  )
}
