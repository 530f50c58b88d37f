import { parseCron } from './parse-cron'

/**
 * Occurrences in (after, until], oldest first. When there are more than `limit`, the newest `limit` are given and
 * `omitted` says how many older ones are not listed.
 */
export function dueRuns(
  cron: string,
  timeZone: string,
  after: Date,
  until: Date,
  limit: number,
): { runs: Date[]; omitted: number } {
  const expression = parseCron(cron, timeZone, after)
  const runs: Date[] = []
  let omitted = 0
  try {
    for (;;) {
      const run = expression.next().toDate()
      if (run > until) break
      runs.push(run)
      if (runs.length > limit) {
        runs.shift()
        omitted += 1
      }
    }
  } catch {
    // No further date exists.
  }
  return { runs, omitted }
}
