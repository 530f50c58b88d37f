import { HoldfastError } from '@/lib/core/holdfast-error'
import { nextRuns } from '@/lib/core/schedule/next-runs'
import { shownRuns } from '@/lib/db/catalog/schedule'

/** The next runs, or `cron-invalid` / `time-zone-unknown` at the field that is wrong. One that never runs is refused. */
export function checkTiming(timing: { cron: string; timeZone: string }, now: Date): Date[] {
  try {
    const runs = nextRuns(timing.cron, timing.timeZone, now, shownRuns)
    if (runs.length > 0) return runs
    throw new HoldfastError('cron-invalid', 'This schedule never runs: no such day exists.')
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause
    const path = cause.code === 'time-zone-unknown' ? 'timeZone' : 'cron'
    throw new HoldfastError(cause.code, cause.message, {
      remedy: cause.remedy,
      facts: { errors: [{ path, message: cause.message }] },
      cause,
    })
  }
}
