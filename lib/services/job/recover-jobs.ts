import type { Failure } from '@/lib/contracts/common'
import { jobKindSchema } from '@/lib/contracts/job'
import { afterAttempt } from '@/lib/core/job/after-attempt'
import { Prisma } from '@/lib/db/generated/client'
import type { OpenQueue } from '@/lib/db/queue'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { raiseJobIncident } from '../incident/raise-job-incident'
import { closeRows } from './close-rows'

/** A worker that has not been heard of for this long is dead as far as its jobs are concerned. */
export const leaseMs = 30_000

/**
 * Takes jobs away from dead workers: those whose heartbeat is older than the lease, and those named in `deadWorkerIds`
 * (the caller saw their process gone). The run becomes `interrupted`; its job is queued again while attempts are left.
 * Raising the fencing token makes sure that a worker which was only slow cannot commit afterwards.
 */
export async function recoverJobs(
  ctx: ServiceContext,
  queue: Pick<OpenQueue, 'release' | 'settle'>,
  input: { deadWorkerIds: string[]; now: Date },
): Promise<number> {
  const stale = await ctx.db.worker.findMany({
    where: {
      OR: [{ heartbeatAt: { lt: new Date(input.now.getTime() - leaseMs) } }, { id: { in: input.deadWorkerIds } }],
    },
    select: { id: true },
  })
  const jobs = await ctx.db.job.findMany({
    where: { state: 'running', workerId: { in: stale.map((worker) => worker.id) } },
  })
  for (const job of jobs) {
    const state = job.cancelRequestedAt
      ? 'cancelled'
      : afterAttempt({ type: 'interrupted', handedBack: false }, job.attempt, job.maxAttempts)
    const failure: Failure = {
      code: 'interrupted',
      message: 'The worker ended in the middle of this run (killed, out of memory, or the machine went down).',
      remedy: state === 'queued' ? 'Nothing: it is tried again by itself.' : 'Start it again.',
    }
    const kind = jobKindSchema.parse(job.kind)
    const taken = await ctx.db.$transaction(async (tx) => {
      const { count } = await tx.job.updateMany({
        where: { id: job.id, state: 'running', fence: job.fence },
        data: {
          state,
          fence: { increment: 1 },
          workerId: null,
          error: toJson(failure),
          ...(state === 'queued' ? { progress: Prisma.DbNull } : { finishedAt: input.now }),
        },
      })
      if (count === 0) return false
      await closeRows(tx, job.id, { state: 'interrupted', failure, now: input.now })
      if (state !== 'queued') await queue.settle(tx, kind, job.id)
      if (state === 'interrupted') await raiseJobIncident(tx, { job, failure, now: input.now })
      return true
    })
    if (!taken) continue
    ctx.logger.warn('recovered a job from a dead worker', { jobId: job.id, kind: job.kind, state })
    if (state === 'queued') await queue.release(kind, job.id)
  }
  return jobs.length
}
