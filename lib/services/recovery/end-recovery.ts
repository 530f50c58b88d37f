import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { catalogNow } from '@/lib/db/catalog-now'
import { recordAudit } from '@/lib/services/audit/record-audit'
import type { ServiceContext } from '@/lib/services/context'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { found } from '@/lib/services/not-found'
import { permit } from '@/lib/services/permit'
import { getRecovery } from './get-recovery'

/** Ends an open look, or cancels a recovery that is under way. One that has ended stays as it is. Throws `not-found`. */
export async function endRecovery(args: { ctx: ServiceContext; input: { id: string } }): Promise<Recovery> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const row = found(await ctx.db.recovery.findUnique({ where: { id: input.id } }), 'recovery')
  if (row.state === 'queued' || row.state === 'running') await cancelJob({ ctx, input: { id: row.jobId } })
  if (row.state === 'ready' && row.closeRequestedAt === null) {
    await ctx.db.$transaction(async (tx) => {
      await tx.recovery.update({ where: { id: row.id }, data: { closeRequestedAt: await catalogNow(tx) } })
      await recordAudit(tx, ctx.actor, {
        action: 'recovery.end',
        subjectType: 'recovery',
        subjectId: row.id,
        detail: { sourceId: row.sourceId },
      })
    })
  }
  return getRecovery({ ctx, input })
}
