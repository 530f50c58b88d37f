import type { Failure } from '../../contracts/common'

/** How fast a destination was that was detached, beside the rest of its backup. */
export interface SlowFacts {
  destination: string
  /** Of the whole time. */
  elapsedMs: number
  /** Of it, waited for this destination alone. */
  heldMs: number
  /** Stored bytes that went out meanwhile. */
  bytes: number
}

/** Why a destination is no longer waited for: in the log, on its copy, and of the backup that lacks it. */
export function tellSlow({ destination, elapsedMs, heldMs, bytes }: SlowFacts): Failure {
  const movingMs = Math.max(1, elapsedMs - heldMs)
  const without = rate(bytes, movingMs)
  return {
    code: 'copy-behind',
    message: `${destination} is too slow to keep up: it takes ${rate(bytes, elapsedMs)} while the backup runs at ${without} without it. It was detached after ${seconds(heldMs)} of holding the backup back, and is copied afterwards from another destination.`,
    remedy:
      'Nothing needs to be done: it is copied automatically. If backups should wait for this destination, set "Always wait for it" in its settings.',
    facts: { destination, heldMs: Math.round(heldMs), elapsedMs: Math.round(elapsedMs), bytes },
  }
}

const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`

function rate(bytes: number, ms: number): string {
  const megabytes = bytes / 1_000 / Math.max(1, ms)
  return megabytes >= 0.1
    ? `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB/s`
    : `${(megabytes * 1_000).toFixed(1)} kB/s`
}
