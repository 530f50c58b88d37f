import type { Failure, JobState } from '../../contracts/common'

/** How one run of a job ended. */
export type AttemptOutcome =
  | { type: 'succeeded' }
  | { type: 'partial'; failure: Failure }
  | { type: 'failed'; failure: Failure; transient: boolean }
  | { type: 'cancelled' }
  /** The worker died, lost its lease, or was asked to stop. */
  | { type: 'interrupted'; handedBack: boolean }

/**
 * What the job becomes after a run. Only what may pass is tried again, and only while attempts are left; a run that was
 * handed back by a stopping worker does not use up an attempt.
 */
export function afterAttempt(outcome: AttemptOutcome, attempt: number, maxAttempts: number): JobState {
  switch (outcome.type) {
    case 'succeeded':
    case 'partial':
    case 'cancelled':
      return outcome.type
    case 'failed':
      return outcome.transient && attempt < maxAttempts ? 'queued' : 'failed'
    case 'interrupted':
      return outcome.handedBack || attempt < maxAttempts ? 'queued' : 'interrupted'
  }
}
