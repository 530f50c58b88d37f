import cron from 'node-cron'
import { publicAddress } from '@/lib/core/network/public-address'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogNow } from '@/lib/db/catalog-now'
import type { ServiceContext } from '@/lib/services/context'
import { startDueCopies } from '@/lib/services/copy/start-due-copies'
import { ping } from '@/lib/notify/ping'
import { pingDeadMansSwitch } from '@/lib/services/incident/dead-mans-switch'
import { deliverNotifications } from '@/lib/services/incident/deliver-notifications'
import { remind } from '@/lib/services/incident/remind'
import { markTick } from '@/lib/services/incident/tick-mark'
import { watchSlowBackups } from '@/lib/services/incident/watch-slow-backups'
import { noteUsage } from '@/lib/services/insight/note-usage'
import { startDueBases } from '@/lib/services/recovery/start-due-bases'
import { lookAtKept } from '@/lib/services/log/look-at-kept'
import { createJob } from '@/lib/services/job/create-job'
import { recoverJobs } from '@/lib/services/job/recover-jobs'
import { refreshWaitReasons } from '@/lib/services/job/refresh-wait-reasons'
import { pushCloudWatch } from '@/lib/services/metrics/push-cloudwatch'
import { pruneRecords } from '@/lib/services/records/prune-records'
import { startDueRewrap } from '@/lib/services/recovery-kit/start-rewrap'
import { startDueRetention } from '@/lib/services/retention/start-due-retention'
import { evaluateSchedules } from '@/lib/services/schedule/evaluate-schedules'
import { startDueCare } from '@/lib/services/storage-care/start-due-care'
import { claimTurn } from '@/lib/services/watch/claim-turn'
import { runWatchers } from '@/lib/services/watch/run-watchers'
import { watchStreams } from '@/lib/services/watch/watch-streams'
import type { LeaseKeeper } from './lease-keeper'
import { isGone } from './process-key'

/** What a worker does beside its jobs. node-cron is only the tick: what is due is decided in PostgreSQL. */
export function startTicking(
  ctx: ServiceContext,
  worker: { id: string; leases: LeaseKeeper },
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const waitingSince = new Date()
  const running = new Set<Promise<void>>()
  const guarded = (name: string, work: () => Promise<unknown>, mayOverlap = false) => {
    let busy = false
    return () => {
      if ((busy && !mayOverlap) || stopping.signal.aborted) return
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
  let ticked = false
  const minute = guarded('the tick', async () => {
    const now = await catalogNow(ctx.db)
    await evaluateSchedules({ ctx, now })
    await markTick(ctx.db, now)
    ticked = true
    await watchSlowBackups({ ctx, now })
    await remind({ ctx, now })
  })
  // Apart from the tick: looking at stores takes as long as they need to answer.
  const { signal } = stopping
  const watch = guarded('watching', async () =>
    runWatchers({ ctx, now: await catalogNow(ctx.db), signal, waitingSince }),
  )
  // More often than the rest: what a server removes meanwhile is gone.
  const logs = guarded('watching logs', async () => {
    await lookAtKept({ ctx, signal })
    if (await claimTurn(ctx.db, 'watch.logs', 8_000)) await watchStreams({ ctx, now: await catalogNow(ctx.db) })
  })
  const cloudWatch = guarded('CloudWatch', async () => pushCloudWatch({ ctx, now: await catalogNow(ctx.db), signal }))
  const recover = guarded('recovery', () => recoverLost(ctx, worker))
  const copies = guarded('catching copies up', async () => startDueCopies({ ctx, now: await catalogNow(ctx.db) }))
  const bases = guarded('starting base backups', async () => startDueBases({ ctx, now: await catalogNow(ctx.db) }))
  const rewrap = guarded('wrapping keys', async () => startDueRewrap({ ctx, now: await catalogNow(ctx.db) }))
  const reasons = guarded('saying why jobs wait', () => refreshWaitReasons(ctx.db))
  // A receiver that answers slowly keeps its own channel busy, not the next look at the others.
  const busy = new Set<string>()
  const baseUrl = publicAddress(process.env['NEXTAUTH_URL'])
  const deliver = guarded('alert delivery', () => deliverNotifications({ ctx, signal, busy, baseUrl }), true)
  // After a pause of all workers the last tick is old until this one has made its first.
  const reassure = guarded("the dead man's switch", async () => {
    if (ticked) await pingDeadMansSwitch({ ctx, now: await catalogNow(ctx.db), ping, signal })
  })
  const hour = guarded('the hourly clean-up', async () => {
    await startDueRetention({ ctx, now: await catalogNow(ctx.db) })
    await startCleanupQuietly(ctx, 'hourly')
    await noteUsage(ctx.db, await catalogNow(ctx.db))
    await startDueCare({ ctx, now: await catalogNow(ctx.db) })
    await pruneRecords({ ctx, now: await catalogNow(ctx.db), signal })
  })

  const schedules = [
    ...[minute, watch, cloudWatch, rewrap].map((work) => cron.schedule('* * * * *', work)),
    cron.schedule('17 * * * *', hour),
  ]
  const timers = [
    setInterval(recover, 5_000),
    setInterval(reasons, 2_000),
    setInterval(copies, 10_000),
    setInterval(bases, 10_000),
    setInterval(logs, 5_000),
    setInterval(deliver, 3_000),
    setInterval(reassure, 5_000),
  ]
  minute()
  watch()
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

async function recoverLost(ctx: ServiceContext, worker: { id: string; leases: LeaseKeeper }): Promise<void> {
  const workers = await ctx.db.worker.findMany({ where: { stoppedAt: null }, select: { id: true, processKey: true } })
  const deadWorkerIds = workers.filter((worker) => isGone(worker.processKey)).map((worker) => worker.id)
  const now = await catalogNow(ctx.db)
  const own = { workerId: worker.id, runningJobIds: worker.leases.jobIds() }
  const recovered = await recoverJobs(ctx, { deadWorkerIds, own, now })
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
