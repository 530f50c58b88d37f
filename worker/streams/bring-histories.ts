import { logKey } from '@/lib/core/repository/log-paths'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import type { LogDestinations } from '@/lib/services/log/store/log-destinations'
import { logFormOf } from '@/lib/services/log/store/log-form-of'
import { storedForm } from '@/lib/services/log/log-object-form'
import { noteHistoryPeriod } from '@/lib/services/log/open-log'
import { seal } from '@/lib/services/log/store/seal'

/** Stores what leads to each timeline in destinations that were away when it was handed in; to be called again and again. */
export function bringHistories(input: {
  ctx: ServiceContext
  claim: ClaimedStream
  spec: SourceSpec
  destinations: LogDestinations
}): (run: RunContext) => Promise<void> {
  const { ctx, claim, spec, destinations } = input
  const { sourceId } = claim
  const there = new Set<string>()
  return async (run) => {
    const rows = await ctx.db.logTimeline.findMany({ where: { sourceId, history: { not: null } } })
    for (const { identity, timeline, history, historyName } of rows) {
      for (const destinationId of destinations.reachable) {
        run.signal.throwIfAborted()
        const id = `${identity} ${timeline} ${destinationId}`
        if (there.has(id) || history === null || historyName === null) continue
        const place = { sourceId, identity, timeline }
        const { form, needs } = await logFormOf({ ctx, claim, place, spec })()
        const { bytes, ...facts } = await seal(Buffer.from(history), form)
        if (facts.period !== null) await noteHistoryPeriod(ctx, claim, place, facts.period)
        const key = logKey(place, { kind: 'segment', segment: { number: 0, name: historyName }, ...storedForm(facts) })
        await destinations.putToOne(destinationId, { key, bytes, staysAsItIs: true, needs })
        there.add(id)
      }
    }
  }
}
