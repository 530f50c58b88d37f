import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedJob } from '@/lib/services/job/claim-next-job'
import { RunAbort } from './run-abort'

const watchEveryMs = 1_000
const heartbeatEveryMs = 5_000

export interface LeaseKeeper {
  /** Watches a claimed job: its run is aborted when it is cancelled or was taken over. Answers how to stop watching. */
  track(job: ClaimedJob, controller: AbortController): () => void
  /** Runs in flight. */
  readonly count: number
  jobIds(): string[]
  abortAll(reason: RunAbort): void
  stop(): void
}

/**
 * Says once every few seconds that this worker lives, and asks for each of its runs whether it still holds its job.
 * A catalog that does not answer aborts nothing: nobody else can take the jobs over then either.
 */
export function keepLeases(ctx: ServiceContext, workerId: string): LeaseKeeper {
  const runs = new Map<string, { job: ClaimedJob; controller: AbortController }>()
  let lastHeartbeat = -Infinity
  let busy = false

  const watch = async () => {
    if (performance.now() - lastHeartbeat >= heartbeatEveryMs) {
      const began = performance.now()
      // The catalog's clock: a worker whose own is slow is not dead.
      await ctx.db.$executeRaw`UPDATE worker SET heartbeat_at = clock_timestamp() WHERE id = ${workerId}::uuid`
      lastHeartbeat = began
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
    jobIds: () => [...runs.keys()],
    abortAll(reason) {
      for (const { controller } of runs.values()) controller.abort(reason)
    },
    stop() {
      clearInterval(timer)
    },
  }
}
