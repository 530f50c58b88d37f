import { occurrences, type Occurrence } from './occurrences'

/** The next `count` runs strictly after `from`; fewer when the expression has no more (such as 30 February). */
export function nextRuns(cron: string, timeZone: string, from: Date, count: number): Date[] {
  return nextOccurrences(cron, timeZone, from, count).map(({ at }) => at)
}

/** The same, with what a change of the clocks does to each. */
export function nextOccurrences(cron: string, timeZone: string, from: Date, count: number): Occurrence[] {
  const found: Occurrence[] = []
  if (count <= 0) return found
  for (const occurrence of occurrences(cron, timeZone, from)) {
    found.push(occurrence)
    if (found.length >= count) break
  }
  return found
}
