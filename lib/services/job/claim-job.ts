import type { Db } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'

/** A job held by this worker under a fencing token. */
export type ClaimedJob = JobModel & { workerId: string }

/**
 * Takes a queued job: it becomes `running` under a new fencing token. Null when there is nothing to take, because it is
 * finished, cancelled, or held by another worker.
 */
export async function claimJob(
  db: Db,
  input: { jobId: string; workerId: string; now: Date },
): Promise<ClaimedJob | null> {
  const [row] = await db.job.updateManyAndReturn({
    where: { id: input.jobId, state: 'queued', cancelRequestedAt: null },
    data: {
      state: 'running',
      workerId: input.workerId,
      fence: { increment: 1 },
      attempt: { increment: 1 },
      startedAt: input.now,
      heartbeatAt: input.now,
      progress: { phase: 'starting', doneBytes: 0 },
    },
  })
  return row ? { ...row, workerId: input.workerId } : null
}
