import { occurrences } from './occurrences'

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
  const runs: Date[] = []
  let omitted = 0
  for (const { at } of occurrences(cron, timeZone, after)) {
    if (at > until) break
    runs.push(at)
    if (runs.length > limit) {
      runs.shift()
      omitted += 1
    }
  }
  return { runs, omitted }
}
