import type { PushedLog } from '@/lib/contracts/recovery/continuous'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { PushedSegment } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { assertStream } from '@/lib/services/log/hold-stream'
import { logFormOf } from '@/lib/services/log/store/log-form-of'
import { logMethodOf, pushedLogOf } from '@/lib/services/log/log-method-of'
import { storedForm } from '@/lib/services/log/log-object-form'
import { openLogDestinations } from '@/lib/services/log/store/open-log-destinations'
import { putTimeline } from '@/lib/services/log/open-log'
import { recordSegment } from '@/lib/services/log/record-log'
import { seal, sha256 } from '@/lib/services/log/store/seal'
import { type HandedIn, type Pushed, refuseAbandoned } from './who-hands-in'

interface StorePushed {
  ctx: ServiceContext
  source: SourceModel
  pushed: Pushed
  from: HandedIn
}

/** Stores a whole segment and records it. Under the lock of `lockPushes`. */
export async function storePushedSegment(
  { ctx, source, pushed, from }: StorePushed,
  run: RunContext,
): Promise<PushedLog> {
  const { bytes, name } = pushed
  const { claim, place } = from
  const method = logMethodOf(ctx, source)
  const stored = await ctx.db.logSegment.findFirst({ where: { ...place, name } })
  if (stored?.sourceSha256 === sha256(bytes)) return { outcome: 'already-stored' }
  // Of another cluster it says so first.
  const found = readSegment(ctx, source, pushed, from)
  if (stored) throw conflict(name)
  const { segment } = found
  await refuseAbandoned(ctx, source, place, found.to)
  const removals = await ctx.db.logRemoval.count({ where: { ...place, beforeNumber: { gt: segment.number } } })
  if (removals > 0) return { outcome: 'not-needed' }
  await compareSlices(ctx, from, pushed, found)
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await putTimeline(tx, place, { segmentBytes: found.segmentBytes })
  })
  const destinations = await openLogDestinations(ctx, { claim, ids: from.destinationIds }, run)
  try {
    const { form, needs } = await logFormOf({ ctx, claim, place, spec: await sourceSpec(ctx, source) })()
    const { bytes: sealed, ...facts } = await seal(bytes, form)
    const key = logKey(place, { kind: 'segment', segment, ...storedForm(facts) })
    const destinationIds = await destinations.put({ key, bytes: sealed, needs })
    run.signal.throwIfAborted()
    const slices = await recordSegment(
      ctx,
      claim,
      place,
      {
        ...facts,
        ...segment,
        from: found.from,
        to: found.to,
        fromOrder: method.order(found.from),
        toOrder: method.order(found.to),
        lastCommitAt: found.lastCommitAt,
        sourceBytes: bytes.length,
        destinationIds,
      },
      (position) => method.order(position),
    )
    await destinations.remove(
      slices.map((slice) =>
        logKey(place, { kind: 'slice', segment, from: slice.fromByte, to: slice.toByte, ...storedForm(slice) }),
      ),
    )
    return { outcome: 'stored' }
  } finally {
    await destinations.close()
  }
}

function readSegment(
  ctx: ServiceContext,
  source: SourceModel,
  { name, bytes }: Pushed,
  { place: { identity }, segmentBytes }: HandedIn,
): PushedSegment {
  try {
    return pushedLogOf(ctx, source).read(name, bytes, { identity, segmentBytes })
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'object-damaged') throw error
    const { message, facts } = error
    throw new HoldfastError('segment-damaged', message, { facts, cause: error })
  }
}

/** What a follower stored of the segment, before the server handed its log in, is what it is. */
async function compareSlices(
  ctx: ServiceContext,
  { place }: HandedIn,
  { bytes, name }: Pushed,
  { segment }: PushedSegment,
): Promise<void> {
  const slices = await ctx.db.logSlice.findMany({ where: { ...place, number: BigInt(segment.number) } })
  for (const { fromByte, toByte, sourceSha256 } of slices) {
    if (sha256(bytes.subarray(fromByte, toByte)) !== sourceSha256) throw conflict(name)
  }
}

function conflict(name: string): HoldfastError {
  return new HoldfastError('log-conflict', `${name} is stored already, with other content.`, {
    remedy:
      'Two servers hand in log in the name of this source. Take the line out of archive_command of the one that is not to be protected.',
    facts: { segment: name },
  })
}
