/** A run that starts later than this after its time counts as missed. */
export const missedAfterMs = 5 * 60_000

export interface OccurrencePlan {
  /** To be started under their own time. */
  start: Date[]
  /** To be recorded as missed. */
  missed: Date[]
  /** One late run makes up for all missed ones. */
  catchUp: boolean
}

/**
 * Decides what becomes of occurrences found due at `now`. Those within the grace start; older ones are missed and
 * leave a row each; with `once` a single late run follows, unless an occurrence starts now anyway.
 */
export function planOccurrences(due: Date[], now: Date, catchUp: 'once' | 'skip'): OccurrencePlan {
  const start = due.filter((at) => now.getTime() - at.getTime() <= missedAfterMs)
  const missed = due.filter((at) => now.getTime() - at.getTime() > missedAfterMs)
  return { start, missed, catchUp: catchUp === 'once' && missed.length > 0 && start.length === 0 }
}
