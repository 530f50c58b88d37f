import { afterAttempt, type AttemptOutcome } from '@/lib/core/job/after-attempt'
import { assertTransition } from '@/lib/core/job/transition'
import type { Failure, JobState } from '@/lib/contracts/common'
import { retryDelayMs, type RetryRules } from '@/lib/core/job/retry-delay'
import { catalogNow } from '@/lib/db/catalog-now'
import type { Db, Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { assertLease } from './assert-lease'
import type { ClaimedJob } from './claim-next-job'

/** The failure that an outcome carries into the row. */
export function outcomeFailure(outcome: AttemptOutcome): Failure | null {
  switch (outcome.type) {
    case 'partial':
    case 'failed':
      return outcome.failure
    case 'interrupted':
      return {
        code: 'interrupted',
        message: outcome.handedBack
          ? 'The worker was stopped in the middle of this run.'
          : 'The worker ended in the middle of this run.',
      }
    case 'cancelled':
      return { code: 'cancelled', message: 'Cancelled by request.' }
    case 'succeeded':
      return null
  }
}

/**
 * Ends a run: checks the fencing token, lets `commit` write the domain's rows and moves the job on, all in one transaction.
 * Answers the job's new state; a job whose cancellation was requested is not tried again. `queued` means that another
 * attempt follows, at once after an interruption, else after the delay of `retry` with the reason on the job.
 */
export async function finishRun(
  db: Db,
  job: ClaimedJob,
  end: {
    outcome: AttemptOutcome
    now: Date
    log: string
    retry: RetryRules
    commit: (tx: Tx, state: JobState, outcome: AttemptOutcome) => Promise<void>
  },
): Promise<JobState> {
  return db.$transaction(
    async (tx) => {
      const { cancelRequested } = await assertLease(tx, job)
      const planned = afterAttempt(end.outcome, job.attempt, job.maxAttempts)
      // A job whose cancellation was requested is not tried again, whatever ended its run.
      const outcome: AttemptOutcome = cancelRequested && planned === 'queued' ? { type: 'cancelled' } : end.outcome
      const state = afterAttempt(outcome, job.attempt, job.maxAttempts)
      assertTransition('running', state)
      const failure = outcomeFailure(outcome)
      await end.commit(tx, state, outcome)
      await tx.job.update({
        where: { id: job.id },
        data: {
          state,
          workerId: state === 'queued' ? null : job.workerId,
          error: failure ? toJson(failure) : Prisma.DbNull,
          log: end.log,
          // A hand-back is not the job's fault and does not use up an attempt.
          ...(outcome.type === 'interrupted' && outcome.handedBack ? { attempt: { decrement: 1 } } : {}),
          ...(state === 'queued' ? { progress: Prisma.DbNull } : { finishedAt: end.now }),
          ...(state === 'queued' && outcome.type === 'failed'
            ? {
                startAfter: new Date(
                  (await catalogNow(tx)).getTime() + retryDelayMs(end.retry, job.attempt, Math.random()),
                ),
                waitReason: `Attempt ${job.attempt} failed and it is tried again: ${outcome.failure.message}`,
              }
            : {}),
        },
      })
      return state
    },
    { timeout: 30_000 },
  )
}
