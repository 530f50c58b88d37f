/** So many at once, and such a share of what there is, is no routine. */
const usualCount = 3
const usualShare = 0.25

/**
 * Whether a plan takes more good backups at once than expiry by age does: after a clock that jumped, a long outage, or a
 * rule nobody thought through. Such a plan waits for the grace time and is reported.
 */
export function isUnusual(goingCount: number, goodCount: number): boolean {
  return goingCount > usualCount && goingCount > goodCount * usualShare
}
