import type { Failure } from '@/lib/contracts/common'
import { tellFailure } from '@/lib/core/tell-failure'
import type { Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { raiseIncident } from './raise-incident'

/** The incident of a job that ended badly; jobs of other kinds than these have a person waiting for them. */
export async function raiseJobIncident(
  tx: Tx,
  input: { job: Pick<JobModel, 'id' | 'kind' | 'sourceId'>; failure: Failure; now: Date },
): Promise<void> {
  const { job, failure, now } = input
  if (!job.sourceId || (job.kind !== 'backup' && job.kind !== 'restore-test')) return
  const source = await tx.source.findUnique({ where: { id: job.sourceId }, select: { name: true } })
  const name = source?.name ?? 'a deleted source'
  const what = job.kind === 'backup' ? 'Backup' : 'Restore test'
  await raiseIncident(
    tx,
    {
      event: job.kind === 'backup' ? 'backup-failed' : 'restore-test-failed',
      severity: 'critical',
      subjectId: job.sourceId,
      sourceId: job.sourceId,
      title: `${what} of ${name} failed`,
      body: tellFailure(failure),
      facts: { jobId: job.id, code: failure.code },
    },
    now,
  )
}
