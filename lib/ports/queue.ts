import type { JobKind } from '../contracts/job'

/** Hands jobs (rows of the catalog) to workers. The row is the truth; the queue only delivers its id. */
export interface JobQueue {
  /**
   * Delivers the job inside the caller's transaction, so that row and delivery stand or fall together.
   * `exclusiveKey`: only one job of the kind with this key may wait or run; false is answered when one does.
   * `parked`: it waits for a limit and is delivered when it is woken.
   */
  enqueue(
    tx: unknown,
    job: {
      id: string
      kind: JobKind
      exclusiveKey?: string
      maxAttempts: number
      startAfter?: Date
      parked?: boolean
    },
  ): Promise<boolean>

  /** Takes a job that no worker has begun out of the queue, inside the caller's transaction. */
  discard(tx: unknown, kind: JobKind, jobId: string): Promise<void>
}
