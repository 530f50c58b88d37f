import { longestLookMs, lookLastsMs, type Recovery } from '@/lib/contracts/recovery/recoveries'
import { catalogNow } from '@/lib/db/catalog-now'
import { recordAudit } from '@/lib/services/audit/record-audit'
import type { ServiceContext } from '@/lib/services/context'
import { permit } from '@/lib/services/permit'
import { getRecovery } from './get-recovery'
import { openLook } from './open-look'

/** Keeps an open look for as long again, up to a day in all. Throws `look-closed`. */
export async function extendRecovery(args: { ctx: ServiceContext; input: { id: string } }): Promise<Recovery> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  await ctx.db.$transaction(async (tx) => {
    const { id, readyAt, sourceId } = await openLook(ctx, tx, input.id)
    const now = await catalogNow(tx)
    const expiresAt = new Date(Math.min(now.getTime() + lookLastsMs, readyAt.getTime() + longestLookMs))
    await tx.recovery.update({ where: { id }, data: { expiresAt } })
    await recordAudit(tx, ctx.actor, {
      action: 'recovery.extend',
      subjectType: 'recovery',
      subjectId: id,
      detail: { sourceId, expiresAt: expiresAt.toISOString() },
    })
  })
  return getRecovery({ ctx, input })
}
