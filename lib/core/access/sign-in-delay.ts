const freeFailures = 5
const firstMs = 100
const longestMs = 3_000

/**
 * How long the answer to a stranger's attempt waits, by the failures of the account from everywhere in the last quarter of
 * an hour. It grows and stays bounded: guessing from many addresses becomes slow, and its owner is never locked out by it.
 */
export function signInDelay(failures: number): number {
  if (failures <= freeFailures) return 0
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - freeFailures - 1, 10))
}
