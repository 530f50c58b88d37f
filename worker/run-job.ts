import { setTimeout as sleep } from 'node:timers/promises'
import type { JobState } from '@/lib/contracts/common'
import { jobKindSchema } from '@/lib/contracts/job'
import { HoldfastError, isTransient, toFailure } from '@/lib/core/holdfast-error'
import type { AttemptOutcome } from '@/lib/core/job/after-attempt'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { raiseJobIncident } from '@/lib/services/incident/raise-job-incident'
import { assertLease } from '@/lib/services/job/assert-lease'
import type { ClaimedJob } from '@/lib/services/job/claim-next-job'
import { closeRows } from '@/lib/services/job/close-rows'
import { finishRun, outcomeFailure } from '@/lib/services/job/finish-run'
import { jobRules } from '@/lib/services/job/job-rules'
import { isCatalogAway } from './is-catalog-away'
import { jobLog } from './job-log'
import type { LeaseKeeper } from './lease-keeper'
import { progressReporter } from './report-progress'
import { RunAbort } from './run-abort'
import type { TaskArgs, TaskEnd } from './task'
import { tasks } from './tasks'

export interface RunnerDeps {
  ctx: ServiceContext
  leases: LeaseKeeper
  /** HOLDFAST_HOME. */
  home: string
  /** Until the second attempt of a job whose schedule does not say. */
  retryDelaySeconds: number
}

/** How long the end of a run is held while the catalog does not answer. */
const commitPatienceMs = 10 * 60_000

/** Carries a claimed job out, to the end of this attempt. Rejects only when that end could not be written. */
export async function runJob(deps: RunnerDeps, job: ClaimedJob): Promise<void> {
  const { ctx } = deps
  const jobId = job.id
  const kind = jobKindSchema.parse(job.kind)
  const task = tasks[kind]
  const controller = new AbortController()
  const untrack = deps.leases.track(job, controller)
  const log = jobLog(ctx.logger.child({ jobId, kind, attempt: job.attempt }), ctx.clock)
  const progress = progressReporter(ctx, job)
  const run: RunContext = { signal: controller.signal, logger: log.logger, clock: ctx.clock, progress: progress.report }
  const args: TaskArgs = {
    ctx,
    job,
    run,
    assertLease: async () => void (await ctx.db.$transaction((tx) => assertLease(tx, job))),
    logText: log.text,
    home: deps.home,
  }

  let end: TaskEnd | null = null
  let outcome: AttemptOutcome
  try {
    log.logger.info(`${kind} started`)
    end = await task.run(args)
    outcome = end.outcome
  } catch (error) {
    outcome = outcomeOf(error, controller.signal)
    const failure = outcomeFailure(outcome)
    if (failure) log.logger.error(failure.message, { code: failure.code, ...failure.facts })
    if (failure?.code === 'unexpected')
      log.logger.debug('stack', { stack: error instanceof Error ? error.stack : undefined })
  } finally {
    await progress.stop()
  }

  try {
    const state = await commitEnd(deps, job, outcome, end, log.text)
    if (state === null) {
      await task.abandon?.(args)
      return
    }
    log.logger.info(`${kind} ${state}`)
    await task.after?.(args, state, outcomeFailure(outcome)).catch((error: unknown) => {
      ctx.logger.error('a follow-up of a job failed', { jobId, error: toFailure(error).message })
    })
  } finally {
    untrack()
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): AttemptOutcome {
  const reason: unknown = signal.aborted ? signal.reason : null
  if (reason instanceof RunAbort) {
    if (reason.kind === 'cancelled') return { type: 'cancelled' }
    return { type: 'interrupted', handedBack: reason.kind === 'shutdown' }
  }
  return { type: 'failed', failure: toFailure(error), transient: isTransient(error) }
}

/** Writes the end, waiting for a catalog that is away. Null when the lease is lost: then nothing may be written. */
async function commitEnd(
  deps: RunnerDeps,
  job: ClaimedJob,
  outcome: AttemptOutcome,
  end: TaskEnd | null,
  logText: () => string,
): Promise<JobState | null> {
  const { ctx } = deps
  const deadline = Date.now() + commitPatienceMs
  for (let delayMs = 500; ; delayMs = Math.min(delayMs * 2, 15_000)) {
    const now = ctx.clock.now()
    try {
      return await finishRun(ctx.db, job, {
        outcome,
        retry: jobRules(job.input).retries ?? { firstDelaySeconds: deps.retryDelaySeconds, factor: 2 },
        now,
        log: logText(),
        commit: async (tx, state, final) => {
          if (end) return end.commit(tx, state)
          const failure = outcomeFailure(final)
          if (!failure) return
          const rowState =
            final.type === 'cancelled' ? 'cancelled' : final.type === 'interrupted' ? 'interrupted' : 'failed'
          await closeRows(tx, job.id, { state: rowState, failure, now, log: logText() })
          if (state === 'failed' || state === 'interrupted') await raiseJobIncident(tx, { job, failure, now })
        },
      })
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'lease-lost') {
        ctx.logger.warn('the result of a run is discarded: its job was taken over', { jobId: job.id })
        return null
      }
      if (!isCatalogAway(error) || Date.now() > deadline) throw error
      ctx.logger.warn('the end of a run could not be recorded yet', { jobId: job.id, error: String(error) })
      await sleep(delayMs)
    }
  }
}
