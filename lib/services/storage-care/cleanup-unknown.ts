import type { Started } from '@/lib/contracts/job'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJob } from '@/lib/db/catalog/job'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { findDestination } from '../destination/find-destination'
import { permit } from '../permit'
import { countUnknown } from './count-unknown'
import { createCareJob } from './create-care-job'

/**
 * Removes the unknown objects of a destination that have been known for a day; a job looks at each once more before. Throws
 * `not-found`, `nothing-to-remove`, `count-changed` when there are not as many as was confirmed, `step-up-needed`,
 * `approval-needed`, `already-running`.
 */
export async function cleanupUnknown(args: {
  ctx: ServiceContext
  input: { id: string; count: number }
}): Promise<Started> {
  const { ctx, input } = args
  permit(ctx.actor, 'admin')
  return ctx.db.$transaction(async (tx) => {
    const destination = await findDestination(tx, input.id)
    const now = ctx.clock.now()
    const { removableCount, removableBytes } = await countUnknown(tx, destination.id, now)
    if (removableCount === 0) {
      throw new HoldfastError('nothing-to-remove', 'No unknown object there has been known for a day.', {
        remedy: 'What was seen first today may still be written to; look again tomorrow.',
      })
    }
    if (removableCount !== input.count) {
      throw new HoldfastError('count-changed', `There are ${removableCount} of them now, not ${input.count}.`, {
        remedy: 'Look at the list again, then confirm the number it shows.',
        facts: { removableCount, removableBytes },
      })
    }
    await guardChange(ctx, tx, {
      action: 'backup.delete',
      subjectType: 'destination',
      subjectId: destination.id,
      summary: `Remove ${removableCount} objects that the catalog does not know from "${destination.name}"`,
      input: { count: removableCount, sizeBytes: removableBytes },
    })
    const row = await createCareJob(ctx, tx, {
      kind: 'inventory',
      destinationId: destination.id,
      input: { removeReportedBy: now.toISOString() },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'destination.cleanup-unknown',
      subjectType: 'destination',
      subjectId: destination.id,
      detail: { jobId: row.id, count: removableCount, sizeBytes: removableBytes },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}
