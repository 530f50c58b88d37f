import type { Finding } from './source-findings'
import { span } from './words'

/** What is known of the log of a source that is followed. */
export interface FollowedLog {
  name: string
  /** What would be lost now; null while nobody knows. */
  exposureMs: number | null
  /** A commit is stored at the latest so long after it was made. */
  sliceMs: number
  /** Since when it is to be followed. */
  sinceMs: number
  /** Why it is not followed, where that is known. */
  error: { code: string; message: string } | null
}

/** A log that is still being begun is not reported yet. */
const patienceMs = 60_000

/** What is reported of a log that is not stored as it should be; null: it is. */
export function logFinding({ name, exposureMs, sliceMs, sinceMs, error }: FollowedLog): Finding | null {
  const why = error ? ` ${error.message}` : ''
  if (exposureMs === null) {
    if (sinceMs < Math.max(patienceMs, sliceMs)) return null
    return {
      event: 'log-behind',
      severity: 'critical',
      title: `The log of ${name} is not stored`,
      body: `Nothing of it has been stored yet, so there is no point in time to recover to.${why}`,
      facts: { ...(error ? { code: error.code } : {}) },
    }
  }
  if (exposureMs <= sliceMs) return null
  return {
    event: 'log-behind',
    severity: 'critical',
    title: `The log of ${name} is behind`,
    body: `The work of more than ${span(sliceMs)} would be lost with the server now. The server keeps what is not stored, and its disk may fill up.${why}`,
    facts: { sliceMs, ...(error ? { code: error.code } : {}) },
  }
}
