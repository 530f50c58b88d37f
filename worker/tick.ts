import cron from 'node-cron'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenQueue } from '@/lib/db/queue'
import type { ServiceContext } from '@/lib/services/context'
import { deliverNotifications } from '@/lib/services/incident/deliver-notifications'
import { watchSlowBackups } from '@/lib/services/incident/watch-slow-backups'
import { createJob } from '@/lib/services/job/create-job'
import { recoverJobs } from '@/lib/services/job/recover-jobs'
import { evaluateSchedules } from '@/lib/services/schedule/evaluate-schedules'
import { isGone } from './process-key'

/** What a worker does beside its jobs. node-cron is only the tick: what is due is decided in PostgreSQL. */
export function startTicking(ctx: ServiceContext, queue: OpenQueue): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const guarded = (name: string, work: () => Promise<unknown>) => {
    let busy = false
    return () => {
      if (busy || stopping.signal.aborted) return
      busy = true
      const done: Promise<void> = work()
        .then(() => undefined)
        .catch((error: unknown) => ctx.logger.error(`${name} failed`, { error: String(error) }))
        .finally(() => {
          busy = false
          running.delete(done)
        })
      running.add(done)
    }
  }
  const minute = guarded('the tick', async () => {
    const now = await databaseNow(ctx)
    await evaluateSchedules({ ctx, now })
    await watchSlowBackups({ ctx, now })
  })
  const recover = guarded('recovery', () => recoverLost(ctx, queue))
  const deliver = guarded('alert delivery', () => deliverNotifications({ ctx, signal: stopping.signal }))
  const hour = guarded('the hourly clean-up', () => startCleanupQuietly(ctx, 'hourly'))

  const schedules = [cron.schedule('* * * * *', minute), cron.schedule('17 * * * *', hour)]
  const timers = [setInterval(recover, 5_000), setInterval(deliver, 3_000)]
  minute()
  recover()
  return {
    async stop() {
      stopping.abort()
      for (const timer of timers) clearInterval(timer)
      for (const schedule of schedules) await schedule.destroy()
      await Promise.all(running)
    },
  }
}

/** The catalog's clock is the one that schedules follow, so that workers with wrong clocks agree. */
async function databaseNow(ctx: ServiceContext): Promise<Date> {
  const [row] = await ctx.db.$queryRaw<{ now: Date }[]>`SELECT now() AS now`
  return row?.now ?? ctx.clock.now()
}

async function recoverLost(ctx: ServiceContext, queue: OpenQueue): Promise<void> {
  const workers = await ctx.db.worker.findMany({ where: { stoppedAt: null }, select: { id: true, processKey: true } })
  const deadWorkerIds = workers.filter((worker) => isGone(worker.processKey)).map((worker) => worker.id)
  const now = await databaseNow(ctx)
  const recovered = await recoverJobs(ctx, queue, { deadWorkerIds, now })
  if (deadWorkerIds.length > 0) {
    await ctx.db.worker.updateMany({ where: { id: { in: deadWorkerIds } }, data: { stoppedAt: now } })
  }
  if (recovered > 0) await startCleanupQuietly(ctx, 'a worker died')
}

async function startCleanupQuietly(ctx: ServiceContext, reason: string): Promise<void> {
  try {
    await ctx.db.$transaction((tx) =>
      createJob(ctx, tx, { kind: 'cleanup', input: { reason }, maxAttempts: 1, exclusiveKey: 'cleanup' }),
    )
  } catch (error) {
    if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
  }
}
