import { HoldfastError } from '@/lib/core/holdfast-error'
import type { LogEvent, LogFollowing, LogMethod, LogResume } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { openLogDestinations } from '@/lib/services/log/store/open-log-destinations'
import { openTimeline, type LogPlaceKey } from '@/lib/services/log/open-log'
import { protectionOf } from '@/lib/services/log/protection-of'
import { resumeLog } from '@/lib/services/log/resume-log'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { catchUp } from './catch-up'
import { indexer } from './index-log'
import { keepPushed } from './keep-pushed'
import { keepUp, tick } from './keep-up'
import { LogWriter } from './log-writer'
import { putHistories } from './put-histories'
import { logFormOf } from '@/lib/services/log/store/log-form-of'
import type { RunningStream } from './running-stream'

/**
 * Follows the log of a source until the run is aborted, and stores it. Rejects when it cannot be followed or stored: the server then
 * keeps what is not stored, and the next attempt goes on from there. Resolves when the log goes on in another timeline. A log that its
 * server hands in is looked after.
 */
export async function runStream(
  input: { ctx: ServiceContext; claim: ClaimedStream; running: (stream: RunningStream) => void },
  run: RunContext,
): Promise<void> {
  const { ctx, claim } = input
  const row = await ctx.db.source.findUniqueOrThrow({ where: { id: claim.sourceId }, include: { logStream: true } })
  const protection = protectionOf(row.protection)
  const spec = await sourceSpec(ctx, row)
  if (protection.log === 'push') return keepPushed({ ...input, row, spec, sliceMs: protection.sliceMs }, run)
  const method = logMethodOf(ctx, spec)
  const resume = await resumeLog(ctx.db, claim.sourceId)
  const following = await method.follow(spec, resume, run)
  const destinations = await openLogDestinations(ctx, { claim, ids: row.logStream?.destinationIds ?? [] }, run)
  const stop = new AbortController()
  try {
    const place = await openTimeline(ctx, claim, following)
    const form = logFormOf({ ctx, claim, place, spec })
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
      await writer.ended()
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
