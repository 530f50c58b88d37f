import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { nextRuns } from '@/lib/core/schedule/next-runs'
import { shownRuns } from '@/lib/db/catalog/schedule'

/** Runs that are looked at for the shortest time between two. */
const compared = 50

/**
 * The next runs, or `cron-invalid` / `time-zone-unknown` / `jitter-too-long` at the field that is wrong. One that never
 * runs is refused, and so is a jitter that could push a run beyond the next.
 */
export function checkTiming(timing: { cron: string; timeZone: string; jitterSeconds?: number }, now: Date): Date[] {
  try {
    const runs = nextRuns(timing.cron, timing.timeZone, now, compared)
    if (runs.length === 0) throw new HoldfastError('cron-invalid', 'This schedule never runs: no such day exists.')
    const jitterMs = (timing.jitterSeconds ?? 0) * 1_000
    const tight = runs.some((run, index) => index > 0 && run.getTime() - (runs[index - 1]?.getTime() ?? 0) <= jitterMs)
    if (tight) {
      throw new HoldfastError('jitter-too-long', 'Runs would be spread over more than the time between two of them.')
    }
    return runs.slice(0, shownRuns)
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause
    const path = paths[cause.code] ?? 'cron'
    throw new HoldfastError(cause.code, cause.message, {
      remedy: cause.remedy,
      facts: { errors: [{ path, message: cause.message }] },
      cause,
    })
  }
}

const paths: Partial<Record<ErrorCode, string>> = {
  'time-zone-unknown': 'timeZone',
  'jitter-too-long': 'options.jitterSeconds',
}
