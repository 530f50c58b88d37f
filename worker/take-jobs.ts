import { jobKinds, type JobKind } from '@/lib/contracts/job'
import { toFailure } from '@/lib/core/holdfast-error'
import type { Db } from '@/lib/db/client'
import { listen } from '@/lib/db/listen'
import type { Logger } from '@/lib/ports/run-context'
import { claimNextJob, findDueKinds, type ClaimedJob } from '@/lib/services/job/claim-next-job'

/** A job that becomes due by the clock, or whose notice was lost, begins this much later at most. */
const lookEveryMs = 2_000

/**
 * Takes jobs while it has room for their kind: at a notice of the catalog, when one of its own ends, and every two seconds.
 * `run` is never awaited for the next claim; what it throws is logged.
 */
export function takeJobs(input: {
  db: Db
  databaseUrl: string
  workerId: string
  concurrency: Record<JobKind, number>
  logger: Logger
  run(job: ClaimedJob): Promise<void>
}): { pause(): Promise<void> } {
  const { db, workerId, logger } = input
  const busy = new Map<JobKind, number>()
  let paused = false
  let looking: Promise<void> | null = null
  let lookAgain = false

  const hasRoom = (kind: JobKind) => (busy.get(kind) ?? 0) < input.concurrency[kind]

  const start = (kind: JobKind, job: ClaimedJob) => {
    busy.set(kind, (busy.get(kind) ?? 0) + 1)
    input
      .run(job)
      .catch((error: unknown) => {
        logger.error('the end of a run was not recorded', { jobId: job.id, error: toFailure(error).message })
      })
      .finally(() => {
        busy.set(kind, (busy.get(kind) ?? 0) - 1)
        look()
      })
  }

  const cannotTake = (error: unknown) => logger.warn('no job could be taken', { error: toFailure(error).message })

  const claimKind = async (kind: JobKind) => {
    while (!paused && hasRoom(kind)) {
      const job = await claimNextJob(db, { kind, workerId })
      if (!job) return
      start(kind, job)
    }
  }

  const claimAll = async () => {
    do {
      lookAgain = false
      if (!jobKinds.some(hasRoom)) return
      for (const kind of await findDueKinds(db)) await claimKind(kind).catch(cannotTake)
    } while (lookAgain && !paused)
  }

  const look = () => {
    if (paused) return
    lookAgain = true
    looking ??= claimAll()
      .catch(cannotTake)
      .finally(() => (looking = null))
  }

  const timer = setInterval(look, lookEveryMs)
  const ear = listen({ url: input.databaseUrl, channel: 'holdfast_job', logger }, look)
  look()
  return {
    /** Takes no further jobs, once this resolves; running ones go on. */
    async pause() {
      paused = true
      clearInterval(timer)
      await ear.close()
      await looking
    },
  }
}
