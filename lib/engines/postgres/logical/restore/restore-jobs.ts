import { availableParallelism } from 'node:os'

const mostByDefault = 8

/** Streams and pg_restore jobs side by side. */
export function restoreJobs(wanted?: number): number {
  return wanted ?? Math.min(availableParallelism(), mostByDefault)
}
