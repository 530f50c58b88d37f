import { jobKinds, jobKindSchema } from '@/lib/contracts/job'
import type { JobLoad } from '@/lib/core/job/limits'
import type { Tx } from '@/lib/db/client'

/** What the jobs that run now load. */
export async function readRunningLoads(tx: Tx): Promise<JobLoad[]> {
  const running = await tx.job.findMany({
    where: { state: 'running', kind: { in: [...jobKinds] } },
    select: { kind: true, host: true, destinationIds: true },
  })
  return running.map((job) => ({ ...job, kind: jobKindSchema.parse(job.kind) }))
}
