import { jobKindSchema, type Job } from '@/lib/contracts/job'
import { isTerminal } from '@/lib/core/job/transition'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { jobStateSchema } from '@/lib/contracts/common'
import { asOwner } from '@/lib/db/as-owner'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { closeRows } from './close-rows'

/**
 * Cancels a job: a waiting one at once, a running one within seconds (its worker ends the tools and aborts uploads).
 * Throws `already-finished` when there is nothing left to cancel.
 */
export async function cancelJob(args: { ctx: ServiceContext; input: { id: string } }): Promise<Job> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const now = ctx.clock.now()
  return ctx.db.$transaction(async (tx) => {
    const job = found(await tx.job.findUnique({ where: { id: input.id } }), 'job')
    if (isTerminal(jobStateSchema.parse(job.state))) {
      throw new HoldfastError('already-finished', `This job has already ended (${job.state}).`)
    }
    await recordAudit(tx, ctx.actor, {
      action: 'job.cancel',
      subjectType: 'job',
      subjectId: job.id,
      detail: { kind: job.kind },
    })
    await tx.job.updateMany({
      where: { id: job.id, state: 'queued' },
      data: { state: 'cancelled', cancelRequestedAt: now, finishedAt: now },
    })
    await tx.job.updateMany({ where: { id: job.id, state: 'running' }, data: { cancelRequestedAt: now } })
    const after = found(await tx.job.findUnique({ where: { id: job.id } }), 'job')
    if (after.state === 'cancelled') {
      const failure = { code: 'cancelled', message: 'Cancelled before it began.' }
      await closeRows(tx, job.id, { state: 'cancelled', failure, now })
      await asOwner(tx, () => ctx.queue.discard(tx, jobKindSchema.parse(job.kind), job.id))
    }
    return toJob(after)
  })
}
