import type { NextRuns, SchedulePreview } from '@/lib/contracts/schedule'
import { dayAndClockAt, effectWords, nextClockChange } from '@/lib/core/schedule/clock-changes'
import { nextOccurrences } from '@/lib/core/schedule/next-runs'
import { planStart, windowWords } from '@/lib/core/schedule/plan-start'
import { shownRuns } from '@/lib/db/catalog/schedule'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { checkTiming } from './check-timing'

/**
 * The next five runs of timing that is not stored, with changes of daylight saving noted. Throws `cron-invalid` and
 * `time-zone-unknown`.
 */
export async function previewSchedule({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: SchedulePreview
}): Promise<NextRuns> {
  permit(ctx.actor, 'viewer')
  return previewTiming(input, ctx.clock.now())
}

/** The same for a caller whose permission was checked already. */
export function previewTiming(input: SchedulePreview, now: Date): NextRuns {
  checkTiming(input, now)
  const { cron, timeZone, window } = input
  const runs = nextOccurrences(cron, timeZone, now, shownRuns).map(({ at, effect }) => {
    const notes = effect ? [effectWords(effect, at, timeZone)] : []
    const { startAfter } = planStart({ jitterSeconds: 0, window }, { scheduleId: '', dueAt: at, timeZone }, at)
    if (window && startAfter) {
      notes.push(`Outside ${windowWords(window)}: it waits until ${dayAndClockAt(startAfter, timeZone)}.`)
    }
    return { at: at.toISOString(), note: notes.length > 0 ? notes.join(' ') : null }
  })
  const change = nextClockChange(cron, timeZone, now)
  return {
    nextRuns: runs.map(({ at }) => at),
    runs,
    clockChange: change && { at: change.at.toISOString(), words: change.words },
  }
}
