const firstMs = 1_000
const longestMs = 60_000

/** How long to wait before a log that could not be followed is tried again: doubling from a second to a minute. */
export function logRetryMs(failures: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures, 10), longestMs)
}
