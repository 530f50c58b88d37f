import { jobKindSchema } from '@/lib/contracts/job'
import { isLimited, type JobLoad } from '@/lib/core/job/limits'
import { windowWords } from '@/lib/core/schedule/plan-start'
import { windowOpensAt } from '@/lib/core/schedule/work-window'
import type { Db, Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import type { OpenQueue } from '@/lib/db/queue'
import { findFullLimit } from './find-full-limit'
import { fullLimitWords } from './full-limit-words'
import { jobRules } from './job-rules'

/** A job held by this worker under a fencing token. */
export type ClaimedJob = JobModel & { workerId: string }

/** Orders whoever counts what runs before something begins: with it, no limit is passed by two at once. */
export const limitsLock = 728_004

/**
 * Takes a queued job: it becomes `running` under a new fencing token. `waits` when it must not begin now, because a
 * limit is full or its window is closed; its delivery is then put off without using up an attempt. Null when there is
 * nothing to take, because it is finished, cancelled, or held by another worker.
 */
export async function claimJob(
  db: Db,
  queue: Pick<OpenQueue, 'putOff'>,
  input: { jobId: string; workerId: string; now: Date },
): Promise<ClaimedJob | 'waits' | null> {
  const queued = { id: input.jobId, state: 'queued', cancelRequestedAt: null }
  return db.$transaction(
    async (tx) => {
      const waiting = await tx.job.findFirst({ where: queued, omit: { log: true } })
      if (!waiting) return null
      const kind = jobKindSchema.parse(waiting.kind)
      const hold = await whatHolds(tx, waiting, {
        kind,
        host: waiting.host,
        destinationIds: waiting.destinationIds,
      })
      if (hold) {
        const { count } = await tx.job.updateMany({
          where: queued,
          data: { waitReason: hold.reason, startAfter: hold.until },
        })
        if (count === 0) return null
        await queue.putOff(tx, kind, input.jobId, hold.until)
        return 'waits'
      }
      const [row] = await tx.job.updateManyAndReturn({
        where: queued,
        data: {
          state: 'running',
          workerId: input.workerId,
          fence: { increment: 1 },
          attempt: { increment: 1 },
          startedAt: input.now,
          heartbeatAt: input.now,
          startAfter: null,
          waitReason: null,
          progress: { phase: 'starting', doneBytes: 0 },
        },
      })
      return row ? { ...row, workerId: input.workerId } : null
    },
    { timeout: 30_000, maxWait: 30_000 },
  )
}

/** Why the job must not begin now, and until when; `until` null is until something else ends. */
async function whatHolds(
  tx: Tx,
  job: Omit<JobModel, 'log'>,
  load: JobLoad,
): Promise<{ reason: string; until: Date | null } | null> {
  if (isLimited(load)) await tx.$queryRaw`SELECT pg_advisory_xact_lock(${limitsLock})::text`
  // The catalog's clock, which deliveries follow, too: a worker whose own is slow would put the job off again and again.
  const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  const now = clock?.now ?? new Date()
  if (job.startAfter && job.startAfter > now) {
    return { reason: job.waitReason ?? 'It is not due yet.', until: job.startAfter }
  }
  const { window, timeZone } = jobRules(job.input)
  const opens = window ? windowOpensAt(window, timeZone, now) : now
  if (window && opens > now) {
    return { reason: `It waits for its window, ${windowWords(window)} ${timeZone}.`, until: opens }
  }
  if (!isLimited(load)) return null
  const full = await findFullLimit(tx, load, { queued: false })
  return full && { reason: await fullLimitWords(tx, full), until: null }
}
