import { assertTimeZone, parseCron } from './parse-cron'
import { fromWall, toWall } from './wall-clock'

/** What the change of the clocks does to a run. */
export type ClockEffect =
  /** Its time does not exist on that day; it runs as much later as the clocks are moved. */
  | 'skipped'
  /** Its time comes twice on that day; it runs at the first only. */
  | 'twice-first'
  /** Its time comes twice and it runs both times, since it counts hours or minutes. */
  | 'twice-again'

export interface Occurrence {
  at: Date
  effect: ClockEffect | null
}

/** Occurrences may leave the order of their wall-clock times by this much where clocks are moved. */
const disorderMs = 4 * 3_600_000

/**
 * The occurrences strictly after an instant, in order, without end unless the expression has one (a day that never
 * comes). Which instants they are depends on expression and zone alone, never on where one starts: so that two workers,
 * or one that looks twice, always agree.
 *
 * The expression is matched against the wall clock. A time that is skipped when clocks go forward runs as much later;
 * one that comes twice when they go back runs the first time, unless every hour is meant (`*`), which then means both.
 * Throws `cron-invalid` and `time-zone-unknown`.
 */
export function* occurrences(cron: string, timeZone: string, after: Date): Generator<Occurrence, void, undefined> {
  assertTimeZone(timeZone)
  const everyHour = /^\*(\/1)?$/.test(cron.trim().split(/\s+/)[1] ?? '')
  const from = toWall(after.getTime(), timeZone) - disorderMs
  const expression = parseCron(cron, 'UTC', new Date(from))
  let waiting: Occurrence[] = []
  let last = after.getTime()
  for (;;) {
    const wall = nextWall(expression)
    // What comes later on the wall cannot come earlier than this in truth.
    const settled = wall === null ? Infinity : fromWall(wall, timeZone).shifted - disorderMs
    while (waiting[0] && waiting[0].at.getTime() < settled) {
      const next = waiting[0]
      waiting = waiting.slice(1)
      // A skipped time and the one it is moved to are one run.
      if (next.at.getTime() <= last) continue
      last = next.at.getTime()
      yield next
    }
    if (wall === null) return
    const found = resolve(wall, timeZone, everyHour).filter(({ at }) => at.getTime() > after.getTime())
    if (found.length > 0) waiting = [...waiting, ...found].sort(byTime)
  }
}

/** A run at its own time goes before one that was moved to it. */
function byTime(a: Occurrence, b: Occurrence): number {
  return a.at.getTime() - b.at.getTime() || Number(a.effect !== null) - Number(b.effect !== null)
}

function resolve(wall: number, timeZone: string, everyHour: boolean): Occurrence[] {
  const { instants, shifted } = fromWall(wall, timeZone)
  const [first, second] = instants
  if (first === undefined) return [{ at: new Date(shifted), effect: 'skipped' }]
  if (second === undefined) return [{ at: new Date(first), effect: null }]
  if (!everyHour) return [{ at: new Date(first), effect: 'twice-first' }]
  return [
    { at: new Date(first), effect: null },
    { at: new Date(second), effect: 'twice-again' },
  ]
}

function nextWall(expression: { next(): { getTime(): number } }): number | null {
  try {
    return expression.next().getTime()
  } catch {
    // The library throws when it finds no further date.
    return null
  }
}
