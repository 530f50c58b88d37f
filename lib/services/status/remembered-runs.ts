import { nextRuns } from '@/lib/core/schedule/next-runs'

interface Known {
  /** The answer holds for every moment from here until the first of the runs. */
  fromMs: number
  runs: Date[]
}

// Working runs out of an expression takes a good part of a millisecond, and an overview of a thousand sources asks for
// two thousand of them every few seconds. Between two runs the answer is the same.
const known = new Map<string, Known>()
const mostKnown = 20_000

/** The next two runs after `now`, remembered until the first of them has come. */
export function rememberedRuns(cron: string, timeZone: string, now: Date): Date[] {
  const key = `${timeZone} ${cron}`
  const nowMs = now.getTime()
  const found = known.get(key)
  const untilMs = found?.runs[0]?.getTime() ?? Number.NEGATIVE_INFINITY
  if (found && nowMs >= found.fromMs && nowMs < untilMs) return found.runs
  const runs = nextRuns(cron, timeZone, now, 2)
  if (known.size >= mostKnown) known.clear()
  known.set(key, { fromMs: nowMs, runs })
  return runs
}
