import type { Job } from '@/lib/contracts/job'
import type { ServiceContext } from '@/lib/services/context'
import { duration } from './print'
import type { Answer, Options } from './verb'
import { waitForJob } from './wait-for-job'

/** Waits for a job that was started, unless that is not wanted. */
export async function followed(ctx: ServiceContext, jobId: string, options: Options): Promise<Answer> {
  if (options['no-wait']) return { json: { jobId }, text: `Started job ${jobId}`, ok: true }
  const job = await waitForJob(ctx, jobId)
  return { json: job, text: describeJob(job), ok: job.state === 'succeeded' }
}

function describeJob(job: Job): string {
  const told = `${job.kind} ${job.state} after ${duration(job.durationMs)}`
  const remedy = job.error?.remedy ? `\n${job.error.remedy}` : ''
  return job.error ? `${told}: ${job.error.message}${remedy}` : told
}
