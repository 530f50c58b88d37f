import type { Failure, JobState } from '@/lib/contracts/common'
import type { AttemptOutcome } from '@/lib/core/job/after-attempt'
import type { Tx } from '@/lib/db/client'
import type { RunContext } from '@/lib/ports/run-context'
import type { ClaimedJob } from '@/lib/services/job/claim-next-job'
import type { ServiceContext } from '@/lib/services/context'

export interface TaskArgs {
  ctx: ServiceContext
  job: ClaimedJob
  run: RunContext
  /** Throws `lease-lost` when the job was taken over meanwhile. */
  assertLease(): Promise<void>
  /** Everything logged so far, for the row. */
  logText(): string
  /** HOLDFAST_HOME. */
  home: string
}

/** How a run ended that came to its own end; a thrown error is mapped by the runner instead. */
export interface TaskEnd {
  outcome: Extract<AttemptOutcome, { type: 'succeeded' | 'partial' | 'failed' }>
  /** Writes the domain's rows in the transaction that ends the job. */
  commit(tx: Tx, state: JobState): Promise<void>
}

/** The worker's code for one kind of job. */
export interface Task {
  /** Does the work. Rejects on abort; releases what it opened. */
  run(args: TaskArgs): Promise<TaskEnd>
  /** After the end was committed, whatever it was: clean up outside, start what follows. Its errors are only logged. */
  after?(args: TaskArgs, state: JobState, failure: Failure | null): Promise<void>
  /** Instead of `after` when the lease was lost: takes back what was written outside the catalog. */
  abandon?(args: TaskArgs): Promise<void>
}
