import type { PushedLog } from '@/lib/contracts/recovery/continuous'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { assertStream } from '@/lib/services/log/hold-stream'
import { logFormOf } from '@/lib/services/log/store/log-form-of'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { storedForm } from '@/lib/services/log/log-object-form'
import { openLogDestinations } from '@/lib/services/log/store/open-log-destinations'
import { noteHistoryPeriod, putTimeline } from '@/lib/services/log/open-log'
import { seal } from '@/lib/services/log/store/seal'
import type { HandedIn, Pushed } from './who-hands-in'

/** Stores how a timeline came about. Under the lock of `lockPushes`. */
export async function storePushedHistory(
  { ctx, source, pushed, from }: { ctx: ServiceContext; source: SourceModel; pushed: Pushed; from: HandedIn },
  run: RunContext,
): Promise<PushedLog> {
  const { name, bytes } = pushed
  const { claim, place, segmentBytes } = from
  const history = bytes.toString('utf8')
  const there = await ctx.db.logTimeline.findUnique({ where: { sourceId_identity_timeline: place } })
  if (there && there.history !== null) {
    if (there.history === history) return { outcome: 'already-stored' }
    throw new HoldfastError('log-conflict', `${name} is stored already, with other content.`, {
      remedy: 'Two servers were promoted to the same timeline. Let one of them hand in its log.',
    })
  }
  try {
    logMethodOf(ctx, source).history(place.timeline, history)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new HoldfastError('segment-damaged', error.message, { facts: { segment: name }, cause: error })
  }
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await putTimeline(tx, place, { segmentBytes })
  })
  const destinations = await openLogDestinations(ctx, { claim, ids: from.destinationIds }, run)
  try {
    const { form, needs } = await logFormOf({ ctx, claim, place, spec: await sourceSpec(ctx, source) })()
    const { bytes: sealed, ...facts } = await seal(bytes, form)
    if (facts.period !== null) await noteHistoryPeriod(ctx, claim, place, facts.period)
    const key = logKey(place, { kind: 'segment', segment: { number: 0, name }, ...storedForm(facts) })
    await destinations.put({ key, bytes: sealed, staysAsItIs: true, needs })
  } finally {
    await destinations.close()
  }
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await putTimeline(tx, place, { segmentBytes, history, historyName: name })
  })
  return { outcome: 'stored' }
}
