import type { Started } from '@/lib/contracts/job'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { findDestination } from '../destination/find-destination'
import { permit } from '../permit'
import { createCareJob } from './create-care-job'

/**
 * Looks at a destination now instead of at its time: `inventory` compares what lies there with the catalog, `reverify`
 * reads the day's share of stored bytes back. Throws `not-found`, `already-running`.
 */
export async function startCare(args: {
  ctx: ServiceContext
  input: { id: string; kind: 'inventory' | 'reverify' }
}): Promise<Started> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const destination = await findDestination(tx, input.id)
    const row = await createCareJob(ctx, tx, { kind: input.kind, destinationId: destination.id })
    await recordAudit(tx, ctx.actor, {
      action: `destination.${input.kind}`,
      subjectType: 'destination',
      subjectId: destination.id,
      detail: { jobId: row.id },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}
