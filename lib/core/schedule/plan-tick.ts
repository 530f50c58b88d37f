import { planOccurrences } from './plan-occurrences'

/** What is already known of an occurrence: it was started (or given up), missed, or missed and made up for since. */
export type KnownOccurrence = 'done' | 'missed'

export interface TickPlan {
  /** To be started under their own time. */
  start: Date[]
  /** Recorded as missed by a clock that was ahead; now they have come and start, beside the row that they have. */
  revive: Date[]
  /** To be recorded as missed. */
  missed: Date[]
  /** One late run makes up for the missed ones. */
  catchUp: boolean
}

/** The cursor may run ahead of the clock by this much before it is taken for a clock that jumped. */
export const cursorToleranceMs = 120_000

/** True when the clock was set back: the schedule goes on from now. */
export function wasSetBack(evaluatedUntil: Date, now: Date): boolean {
  return evaluatedUntil.getTime() > now.getTime() + cursorToleranceMs
}

/**
 * Decides what becomes of the occurrences between the cursor and now. After the clock was set back, they come by
 * again: what ran does not run twice, and what a clock that was ahead had recorded as missed runs when it has come.
 */
export function planTick(
  due: readonly Date[],
  known: ReadonlyMap<number, KnownOccurrence>,
  now: Date,
  catchUp: 'once' | 'skip',
): TickPlan {
  const fresh = due.filter((at) => known.get(at.getTime()) !== 'done')
  const planned = planOccurrences(fresh, now, catchUp)
  const isNew = (at: Date) => !known.has(at.getTime())
  const missed = planned.missed.filter(isNew)
  return {
    start: planned.start.filter(isNew),
    revive: planned.start.filter((at) => !isNew(at)),
    missed,
    catchUp: planned.catchUp && missed.length > 0,
  }
}
