import { logKey } from '@/lib/core/repository/log-paths'
import type { LogFollowing } from '@/lib/ports/log-method'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { storedForm } from '@/lib/services/log/log-object-form'
import { noteHistoryPeriod, type LogPlaceKey } from '@/lib/services/log/open-log'
import type { LogDestinations, SmallObject } from '@/lib/services/log/store/log-destinations'
import { type LogForm, seal } from '@/lib/services/log/store/seal'

/** Stores beside the segments what leads to this timeline, each time it is followed anew: whatever lies there already stays. */
export async function putHistories(input: {
  ctx: ServiceContext
  claim: ClaimedStream
  place: LogPlaceKey
  following: Pick<LogFollowing, 'histories'>
  destinations: LogDestinations
  form(): Promise<{ form: LogForm; needs: SmallObject['needs'] }>
}): Promise<void> {
  const { ctx, claim, place, destinations } = input
  for (const { segment, bytes: plain } of input.following.histories) {
    const { form, needs } = await input.form()
    const { bytes, ...facts } = await seal(plain, form)
    if (facts.period !== null) await noteHistoryPeriod(ctx, claim, place, facts.period)
    const key = logKey(place, { kind: 'segment', segment, ...storedForm(facts) })
    await destinations.put({ key, bytes, staysAsItIs: true, needs })
  }
}
