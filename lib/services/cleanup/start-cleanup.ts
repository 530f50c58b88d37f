import type { Started } from '@/lib/contracts/job'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { permit } from '../permit'

/** Sweeps sandboxes nobody owns, what crashed runs left in the stores, and finishes begun deletions. */
export async function startCleanup(args: { ctx: ServiceContext }): Promise<Started> {
  const { ctx } = args
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const row = await createJob(ctx, tx, { kind: 'cleanup', input: { reason: 'asked for' }, maxAttempts: 1 })
    await recordAudit(tx, ctx.actor, { action: 'cleanup.start', subjectType: 'job', subjectId: row.id })
    return { jobId: row.id, job: toJob(row) }
  })
}
