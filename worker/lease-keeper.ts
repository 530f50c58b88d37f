import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedJob } from '@/lib/services/job/claim-job'
import { RunAbort } from './run-abort'

const watchEveryMs = 1_000
const heartbeatEveryMs = 5_000

export interface LeaseKeeper {
  /** Watches a claimed job: its run is aborted when it is cancelled or was taken over. Answers how to stop watching. */
  track(job: ClaimedJob, controller: AbortController): () => void
  /** Runs in flight. */
  readonly count: number
  abortAll(reason: RunAbort): void
  stop(): void
}

/**
 * Says once every few seconds that this worker lives, and asks for each of its runs whether it still holds its job.
 * A catalog that does not answer aborts nothing: nobody else can take the jobs over then either.
 */
export function keepLeases(ctx: ServiceContext, workerId: string): LeaseKeeper {
  const runs = new Map<string, { job: ClaimedJob; controller: AbortController }>()
  let lastHeartbeat = 0
  let busy = false

  const watch = async () => {
    const now = ctx.clock.now()
    if (now.getTime() - lastHeartbeat >= heartbeatEveryMs) {
      await ctx.db.worker.updateMany({ where: { id: workerId }, data: { heartbeatAt: now } })
      lastHeartbeat = now.getTime()
    }
    if (runs.size === 0) return
    const rows = await ctx.db.job.findMany({
      where: { id: { in: [...runs.keys()] } },
      select: { id: true, state: true, fence: true, cancelRequestedAt: true },
    })
    for (const row of rows) {
      const held = runs.get(row.id)
      if (!held) continue
      if (row.fence !== held.job.fence || row.state !== 'running') held.controller.abort(new RunAbort('lease-lost'))
      else if (row.cancelRequestedAt) held.controller.abort(new RunAbort('cancelled'))
    }
  }

  const timer = setInterval(() => {
    if (busy) return
    busy = true
    watch()
      .catch((error: unknown) => ctx.logger.warn('the catalog does not answer the heartbeat', { error: String(error) }))
      .finally(() => (busy = false))
  }, watchEveryMs)

  return {
    track(job, controller) {
      runs.set(job.id, { job, controller })
      return () => {
        if (runs.get(job.id)?.job.fence === job.fence) runs.delete(job.id)
      }
    },
    get count() {
      return runs.size
    },
    abortAll(reason) {
      for (const { controller } of runs.values()) controller.abort(reason)
    },
    stop() {
      clearInterval(timer)
    },
  }
}
