import { parseCron } from './parse-cron'

/** The next `count` runs strictly after `from`; fewer when the expression has no more (such as 30 February). */
export function nextRuns(cron: string, timeZone: string, from: Date, count: number): Date[] {
  const expression = parseCron(cron, timeZone, from)
  const runs: Date[] = []
  try {
    while (runs.length < count) runs.push(expression.next().toDate())
  } catch {
    // The library throws when it finds no further date; what was found is the answer.
  }
  return runs
}
