import type { JobState } from '../../contracts/common'
import { HoldfastError } from '../holdfast-error'

/** The only place where a job's next states are written down. Running to queued is a retry or a hand-back. */
const next: Record<JobState, readonly JobState[]> = {
  queued: ['running', 'cancelled', 'failed', 'interrupted'],
  running: ['succeeded', 'partial', 'failed', 'cancelled', 'interrupted', 'queued'],
  succeeded: [],
  partial: [],
  failed: [],
  cancelled: [],
  interrupted: [],
  missed: [],
}

/** True when nothing can follow. */
export function isTerminal(state: JobState): boolean {
  return next[state].length === 0
}

/** Throws `job-state` when the step is not allowed; a finished job never changes again. */
export function assertTransition(from: JobState, to: JobState): void {
  if (next[from].includes(to)) return
  throw new HoldfastError('job-state', `A job that is ${from} cannot become ${to}.`)
}
