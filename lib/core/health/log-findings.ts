import { bytesInWords } from '../insight/words'
import type { KeptLog } from '../log/kept-log'
import { tellFailure } from '../tell-failure'
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
  /** Whether it has been over its objective, and for how long that has been so or not so. */
  behind: { is: boolean; forMs: number }
  /** An alert says already that it is behind. */
  isTold: boolean
  /** Why it is not followed, where that is known. */
  error: { code: string; message: string; remedy?: string | undefined } | null
  /** What the server keeps for it; null: not known at the moment. */
  kept: KeptLog | null
}

/** A log that is still being begun is not reported yet. */
const patienceMs = 60_000
/** Over the objective for so long before it is reported: a slow answer of a store is over by then. */
export const tellBehindAfterMs = 20_000
/** Within it for so long before the alert ends, so that a log on the edge is reported once. */
export const endBehindAfterMs = 60_000

/** What is reported of a log that is not stored as it should be; null: it is. */
export function logFinding(log: FollowedLog): Finding | null {
  const { name, exposureMs, sliceMs, sinceMs, behind, isTold, error, kept } = log
  const why = error ? ` ${tellFailure(error)}` : ''
  const unread = kept !== null && kept.reader === null && kept.state === 'kept' ? ' Nobody reads its slot now.' : ''
  const facts = { sliceMs, ...(error ? { code: error.code } : {}) }
  if (exposureMs === null) {
    if (sinceMs < Math.max(patienceMs, sliceMs)) return null
    return {
      event: 'log-behind',
      severity: 'critical',
      title: `The log of ${name} is not stored`,
      body: `Nothing of it has been stored yet, so there is no point in time to recover to.${unread}${why}`,
      facts,
    }
  }
  if (isTold ? !behind.is && behind.forMs >= endBehindAfterMs : !behind.is || behind.forMs < tellBehindAfterMs)
    return null
  return {
    event: 'log-behind',
    severity: 'critical',
    title: `The log of ${name} is behind`,
    body: `The work of more than ${span(sliceMs)} would be lost with the server now. ${keepsWords(kept)}${unread}${why}`,
    facts,
  }
}

function keepsWords(kept: KeptLog | null): string {
  if (kept === null || kept.state === 'lost' || kept.state === 'absent')
    return 'The server keeps what is not stored as long as it can, and its disk may fill up.'
  if (kept.limitBytes === null)
    return `The server keeps what is not stored without a limit (${kept.limitName}), and its disk may fill up.`
  return `The server keeps what is not stored up to ${bytesInWords(kept.limitBytes)} (${kept.limitName}).`
}
