import type { Failure } from '@/lib/contracts/common'
import { afterAttempt } from '@/lib/core/job/after-attempt'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { raiseJobIncident } from '../incident/raise-job-incident'
import { closeRows } from './close-rows'

/** A worker that has not been heard of for this long is dead as far as its jobs are concerned. */
export const leaseMs = 30_000

/**
 * Takes jobs away from workers that do not carry them out: a worker whose heartbeat is older than the lease or whose row is
 * gone, those named in `deadWorkerIds` (the caller saw their process gone), and the caller itself where it runs nothing of
 * the kind (`own`: the end of a run could not be written). The run becomes `interrupted`; its job is queued again while
 * attempts are left. Raising the fencing token makes sure that a worker which was only slow cannot commit afterwards.
 */
export async function recoverJobs(
  ctx: ServiceContext,
  input: { deadWorkerIds: string[]; own?: { workerId: string; runningJobIds: string[] }; now: Date },
): Promise<number> {
  const leaseBegan = new Date(input.now.getTime() - leaseMs)
  const alive = await ctx.db.worker.findMany({
    where: { heartbeatAt: { gte: leaseBegan }, id: { notIn: input.deadWorkerIds } },
    select: { id: true },
  })
  const holders = [...alive.map((worker) => worker.id), ...(input.own ? [input.own.workerId] : [])]
  const lost: Prisma.JobWhereInput[] = [{ workerId: null }, { workerId: { notIn: holders } }]
  if (input.own) {
    lost.push({
      workerId: input.own.workerId,
      id: { notIn: input.own.runningJobIds },
      // One that was claimed this moment is on its way to its run.
      startedAt: { lt: leaseBegan },
    })
  }
  const jobs = await ctx.db.job.findMany({ where: { state: 'running', OR: lost } })
  for (const job of jobs) {
    const state = job.cancelRequestedAt
      ? 'cancelled'
      : afterAttempt({ type: 'interrupted', handedBack: false }, job.attempt, job.maxAttempts)
    const failure: Failure = {
      code: 'interrupted',
      message: 'The worker ended in the middle of this run (killed, out of memory, or the machine went down).',
      remedy: state === 'queued' ? 'Nothing needs to be done: it is retried automatically.' : 'Start it again.',
    }
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
      if (state === 'interrupted') await raiseJobIncident(tx, { job, failure, now: input.now })
      return true
    })
    if (!taken) continue
    ctx.logger.warn('recovered a job from a dead worker', { jobId: job.id, kind: job.kind, state })
  }
  return jobs.length
}
