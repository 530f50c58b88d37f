/** A stretch of log in one destination; `to` is exclusive. */
export interface HeldRange {
  from: bigint
  to: bigint
  /** Nothing follows it any more. */
  isClosed: boolean
}

/**
 * Whether the log that a backup needs lies in a destination, whatever else lies elsewhere. `coming`: its beginning does, and grows;
 * or none of it was stored yet. `lost`: no destination has its beginning, or where it lies nothing follows.
 */
export function judgeNeededLog(
  ranges: readonly HeldRange[],
  need: { from: bigint; to: bigint },
): 'stored' | 'coming' | 'lost' {
  const holding = ranges.filter(({ from, to }) => from <= need.from && to >= need.from)
  if (holding.some(({ to }) => to >= need.to)) return 'stored'
  if (holding.some(({ isClosed }) => !isClosed)) return 'coming'
  return holding.length > 0 || ranges.some(({ from }) => from > need.from) ? 'lost' : 'coming'
}
