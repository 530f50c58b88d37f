import { setTimeout as sleep } from 'node:timers/promises'
import type { Job } from '@/lib/contracts/job'
import { isTerminal } from '@/lib/core/job/transition'
import type { ServiceContext } from '@/lib/services/context'
import { getJob } from '@/lib/services/job/get-job'
import { bytes } from './print'

/** Follows a job to its end, telling its progress on stderr of a terminal. */
export async function waitForJob(ctx: ServiceContext, jobId: string): Promise<Job> {
  const tell = process.stderr.isTTY
  for (;;) {
    const job = await getJob({ ctx, input: { id: jobId } })
    if (isTerminal(job.state)) {
      if (tell) process.stderr.write('\r\u001b[K')
      return job
    }
    if (tell && job.progress)
      process.stderr.write(`\r\u001b[K${job.kind}: ${job.progress.phase} ${bytes(job.progress.doneBytes)}`)
    await sleep(500)
  }
}
