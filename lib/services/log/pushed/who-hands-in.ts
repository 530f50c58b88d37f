import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { PushedFile } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { sourceSpec } from '@/lib/services/source/source-spec'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { logMethodOf, pushedLogOf } from '@/lib/services/log/log-method-of'
import type { LogPlaceKey } from '@/lib/services/log/open-log'

/** A file that was handed in. */
export interface Pushed {
  file: PushedFile
  name: string
  bytes: Buffer
}

/** Where a file that was handed in belongs, and under which claim it is recorded. */
export interface HandedIn {
  claim: ClaimedStream
  place: LogPlaceKey
  destinationIds: string[]
  segmentBytes: number
}

/**
 * Whose log a file is to be. Which cluster it is, and which timelines are its own, the server at the address of the source says, never
 * what is handed in: a clone that was promoted has the identity of the original. Null when the log does not come in this way any more.
 */
export async function whoHandsIn(
  ctx: ServiceContext,
  source: SourceModel,
  { file: { timeline } }: Pushed,
  run: RunContext,
): Promise<HandedIn | null> {
  const sourceId = source.id
  const stream = await ctx.db.logStream.findUnique({ where: { sourceId } })
  if (!stream || stream.state === 'ending') return null
  const claim = { sourceId, fence: stream.fence, ending: false }
  const { destinationIds, identity } = stream
  if (identity !== null && stream.timeline !== null && timeline <= stream.timeline) {
    const of = { sourceId, identity }
    const known = await ctx.db.logTimeline.findFirst({ where: of, orderBy: { timeline: 'desc' } })
    if (known) return { claim, place: { ...of, timeline }, destinationIds, segmentBytes: known.segmentBytes }
  }
  const server = await pushedLogOf(ctx, source).ask(await sourceSpec(ctx, source), run)
  if (identity !== null && server.identity !== identity) throw replaced(identity, server.identity)
  if (timeline > server.timeline) {
    throw new HoldfastError(
      'log-foreign',
      `This is log of timeline ${timeline}, and the server at the address of the source is on timeline ${server.timeline}.`,
      {
        remedy:
          'After a failover, set the address of the source to the new primary. A copy of the server that was promoted must not send its log in the name of the original.',
      },
    )
  }
  await ctx.db.logStream.updateMany({
    where: { sourceId, fence: stream.fence },
    data: { identity: server.identity, timeline: server.timeline },
  })
  const place = { sourceId, identity: server.identity, timeline }
  return { claim, place, destinationIds, segmentBytes: server.segmentBytes }
}

/** Throws `log-foreign` for log of a timeline from behind the place at which the server left it: an old primary wrote it. */
export async function refuseAbandoned(
  ctx: Pick<ServiceContext, 'db' | 'engine'>,
  source: SourceModel,
  { sourceId, identity, timeline }: LogPlaceKey,
  to: string,
): Promise<void> {
  const method = logMethodOf(ctx, source)
  const later = await ctx.db.logTimeline.findMany({
    where: { sourceId, identity, timeline: { gt: timeline }, history: { not: null } },
    orderBy: { timeline: 'asc' },
  })
  for (const { timeline: next, history } of later) {
    const fork = method.history(next, history ?? '').ancestors.find((each) => each.timeline === timeline)?.fork
    if (fork === undefined || method.order(to) <= fork) continue
    throw new HoldfastError(
      'log-foreign',
      `Timeline ${next} left timeline ${timeline} at ${method.position(fork)}, and this is log of the old one from behind that place: an old primary wrote it.`,
      { remedy: 'Stop the old primary, or make it a standby of the new one.' },
    )
  }
}

export function replaced(stored: string, found: string): HoldfastError {
  return new HoldfastError(
    'log-foreign',
    `The server at the address of the source is the cluster ${found}; the stored log is that of the cluster ${stored}.`,
    {
      remedy:
        'Check the address of the source. If the server was replaced on purpose, switch continuous protection off and on again.',
    },
  )
}
