import type { Started } from '@/lib/contracts/job'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { permit } from '../permit'
import { findSchedule } from './find-schedule'
import { scheduledJob } from './scheduled-job'

/**
 * Starts what a schedule starts, now: without jitter or window, within the limits, and beside its own occurrences.
 * Throws `already-running`, `not-found`.
 */
export async function runSchedule({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Started> {
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const schedule = await findSchedule(tx, input.id)
    const source = found(await tx.source.findFirst({ where: { id: schedule.sourceId, deletedAt: null } }), 'source')
    const job = await scheduledJob(tx, { ...schedule, source })
    const { rules, ...rest } = job
    const row = await createJob(ctx, tx, { ...rest, ...(rules ? { rules: { ...rules, window: null } } : {}) })
    await recordAudit(tx, ctx.actor, {
      action: 'schedule.run',
      subjectType: 'schedule',
      subjectId: schedule.id,
      detail: { source: source.name, jobId: row.id },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}
