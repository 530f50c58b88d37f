const firstMs = 30_000
const longestMs = 6 * 3_600_000

/**
 * How long after its last attempt a missing copy is tried again: half a minute, doubling to six hours, and then every six
 * hours for as long as the backup is kept. There is no last attempt: a destination that was away for a week is filled up
 * when it is back.
 */
export function copyRetryMs(attempts: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, attempts - 1)))
}
