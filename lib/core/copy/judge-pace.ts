/** A shorter wait may be a retry, a part that is being confirmed or a pause of this process. */
const allowanceMs = 30_000
/** A copy that follows costs a second read and a backup that is not whole for a while: twice as long is not worth that. */
const slowdown = 3
/** What would be over about as soon anyhow is left alone. */
const graceMs = 60_000

/** How the stream of a backup got on since it began, or since a destination was last detached from it. */
export interface PaceFacts {
  /** While at least one part was on its way. */
  elapsedMs: number
  /**
   * Time in which the stream waited for exactly these destinations, while at least one other could have taken more. Of
   * several parts on their way side by side, each counts for its share.
   */
  waits: readonly { destinationIds: readonly string[]; ms: number }[]
  /** Share of the source that was read, 0 to 1; null when nobody can tell, or when all of it was read. */
  readShare: number | null
}

export interface TooSlow {
  destinationIds: string[]
  /** How long the stream waited for them alone. */
  heldMs: number
}

/**
 * The destinations that the others should not wait for any longer; null while there are none. Detached are those that
 * held the stream back for `allowanceMs`, with which it takes `slowdown` times as long as without them, and
 * without which it would end at least `graceMs` sooner. So a destination that becomes slow late has that much more time:
 * what it already holds would have to be sent again. `live` are all that are still written to; `detachable` those of
 * them that need not be waited for. Never answers all of `live`: when all are slow alike, none holds the others back.
 */
export function judgePace(facts: PaceFacts, live: readonly string[], detachable: ReadonlySet<string>): TooSlow | null {
  const sets = facts.waits
    .map(({ destinationIds }) => destinationIds)
    .filter((ids) => ids.every((id) => detachable.has(id)))
  const candidates = [...sets, [...new Set(sets.flat())]]
    .filter((ids) => ids.length > 0 && live.some((id) => !ids.includes(id)))
    .toSorted((a, b) => a.length - b.length)
  for (const destinationIds of candidates) {
    const heldMs = facts.waits
      .filter((wait) => wait.destinationIds.every((id) => destinationIds.includes(id)))
      .reduce((sum, { ms }) => sum + ms, 0)
    if (isWorthIt(heldMs, facts)) return { destinationIds: [...destinationIds], heldMs }
  }
  return null
}

function isWorthIt(heldMs: number, { elapsedMs, readShare }: PaceFacts): boolean {
  if (heldMs < allowanceMs || elapsedMs < slowdown * (elapsedMs - heldMs)) return false
  // Where nobody knows how much is left, it is taken to last as long again as it did.
  const savedMs = readShare === null ? heldMs : (heldMs * (1 - readShare)) / readShare
  return savedMs >= graceMs
}
