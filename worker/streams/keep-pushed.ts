import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { noteMoment, type PushedLogState } from '@/lib/core/log/pushed-exposure'
import type { LogServer } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { ServiceContext } from '@/lib/services/context'
import { archiveTrouble } from '@/lib/services/log/pushed/archive-trouble'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { behindHole, closeHole } from '@/lib/services/log/pushed/close-hole'
import type { StreamFacts } from '@/lib/services/log/hold-stream'
import { logMethodOf, pushedLogOf } from '@/lib/services/log/log-method-of'
import { noteServer, noteTrouble } from '@/lib/services/log/pushed/note-pushed'
import { openLogDestinations } from '@/lib/services/log/store/open-log-destinations'
import { replaced } from '@/lib/services/log/pushed/who-hands-in'
import { bringHistories } from './bring-histories'
import { catchUp } from './catch-up'
import { indexer } from './index-log'
import { keepUp, tick } from './keep-up'
import type { RunningStream } from './running-stream'

/** How often the server is asked how far its log has come. */
const askEveryMs = 2_000
/** A hole in the log is one when nobody fills it. */
const [shortestPatienceMs, longestPatienceMs] = [5_000, 60_000]

export interface KeepPushed {
  ctx: ServiceContext
  claim: ClaimedStream
  row: SourceModel
  spec: SourceSpec
  sliceMs: number
  running: (stream: RunningStream) => void
}

/**
 * Looks after a log that its server hands in: how far the server is ahead of what is stored, holes that are not filled, destinations that
 * lack something, and indexes. What is handed in is stored by `pushLog`. Ends with the run.
 */
export async function keepPushed(input: KeepPushed, run: RunContext): Promise<void> {
  const { ctx, claim, row } = input
  const { sourceId } = claim
  const method = logMethodOf(ctx, row)
  await removeOldSlot(input, run)
  const stream = await ctx.db.logStream.findUniqueOrThrow({ where: { sourceId } })
  const destinations = await openLogDestinations(ctx, { claim, ids: stream.destinationIds }, run)
  const watch = watcher(input)
  input.running({ facts: () => watch.facts(), want: () => undefined })
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const keep = (what: string, work: (run: RunContext) => Promise<void>) => keepUp(what, work, run, signal)
  const timelines = () => ctx.db.logTimeline.findMany({ where: { sourceId } })
  const works = [
    tick(signal, () => watch.look({ ...run, signal }), askEveryMs),
    keep('log that a destination lacks could not be copied there', async (own) => {
      for (const { identity, timeline } of await timelines()) {
        await catchUp({ ctx, claim, method, destinations, place: { sourceId, identity, timeline } }, own)
      }
    }),
    keep(
      'histories could not be copied to a destination',
      bringHistories({ ctx, claim, spec: input.spec, destinations }),
    ),
    keep('the log could not be indexed', indexer({ ctx, claim, destinations })),
  ]
  try {
    await Promise.race(works)
  } finally {
    stop.abort()
    await Promise.allSettled(works)
    await destinations.close()
  }
}

/** The slot of a follower that there was before: the server keeps log for it without a limit. */
async function removeOldSlot({ ctx, claim, row, spec }: KeepPushed, run: RunContext): Promise<void> {
  const { sourceId, fence } = claim
  const { slot } = await ctx.db.logStream.findUniqueOrThrow({ where: { sourceId } })
  if (slot === null) return
  await logMethodOf(ctx, row).removeSlot(spec, run)
  await ctx.db.logStream.updateMany({ where: { sourceId, fence }, data: { slot: null } })
}

/** Asks the server again and again, and remembers what it said. */
function watcher({ ctx, claim, row, spec, sliceMs }: KeepPushed) {
  const { sourceId } = claim
  const [method, pushed] = [logMethodOf(ctx, row), pushedLogOf(ctx, row)]
  const patienceMs = Math.min(Math.max(sliceMs, shortestPatienceMs), longestPatienceMs)
  let state: PushedLogState | null = null
  let facts: StreamFacts | null = null
  let hole: { id: string; since: number } | null = null

  const look = async (run: RunContext) => {
    let server: LogServer
    try {
      server = await pushed.ask(spec, run)
    } catch (error) {
      run.signal.throwIfAborted()
      // What is handed in is stored all the same; nobody knows what is not.
      facts = null
      return noteTrouble(ctx.db, claim, toFailure(error))
    }
    const stream = await ctx.db.logStream.findUniqueOrThrow({ where: { sourceId } })
    refuseOther(stream, server)
    const stored = stream.storedPosition === null ? null : method.order(stream.storedPosition)
    state ??= { clear: clearBefore(stream), moments: [] }
    const order = method.order(server.position)
    const noted = noteMoment(state, { ...server, order }, { stored, segmentBytes: server.segmentBytes })
    state = noted
    const lag = order - (stored ?? order)
    facts = {
      serverPosition: server.position,
      receivedPosition: stream.storedPosition,
      lagBytes: stored === null ? null : lag > 0n ? lag : 0n,
      unstoredSince: noted.unstoredSince,
      coveredUntil: noted.coveredUntil,
    }
    const trouble = archiveTrouble(server, { sliceMs, lagBytes: facts.lagBytes })
    await noteServer(ctx.db, claim, { server, idleMark: noted.clear?.idleMark ?? null, trouble })
    await lookForHole(stream)
  }

  const lookForHole = async (stream: LogStreamModel) => {
    const order = (position: string) => method.order(position)
    const behind = await behindHole(ctx.db, stream, order)
    if (!behind) return (hole = null)
    if (hole?.id !== behind.id) hole = { id: behind.id, since: performance.now() }
    if (performance.now() - hole.since >= patienceMs) await closeHole(ctx.db, claim, { order, now: ctx.clock.now() })
    return hole
  }

  return { look, facts: () => facts }
}

/** What an earlier worker knew. Before the newest stored commit nothing is missing. */
function clearBefore({ coveredUntil, lastCommitAt, idleMark }: LogStreamModel): PushedLogState['clear'] {
  const isNewer = coveredUntil !== null && (lastCommitAt === null || coveredUntil >= lastCommitAt)
  if (isNewer) return { at: coveredUntil, idleMark }
  return lastCommitAt && { at: lastCommitAt, idleMark: null }
}

/** Of another server nothing is noted: it may be a new one, or an old primary at an address that was not changed. */
function refuseOther(
  { identity, timeline }: { identity: string | null; timeline: string | null },
  server: LogServer,
): void {
  if (identity !== null && identity !== server.identity) throw replaced(identity, server.identity)
  if (identity === null || timeline === null || server.timeline >= timeline) return
  throw new HoldfastError(
    'log-foreign',
    `The server at the address of the source is on timeline ${server.timeline}, and log of timeline ${timeline} is stored.`,
    {
      remedy:
        'Check the address of the source: it may be an old primary. If it is right, switch continuous protection off and on again.',
    },
  )
}
