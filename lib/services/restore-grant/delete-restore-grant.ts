import { restoreGrantInclude } from '@/lib/db/catalog/restore-grant'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Withdraws a grant. A restore that waits is refused when its turn comes; one that has begun goes on. */
export async function deleteRestoreGrant(args: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = args
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = found(
      await tx.restoreGrant.findUnique({
        where: { id: input.id },
        include: { ...restoreGrantInclude, source: { select: { name: true } } },
      }),
      'grant',
    )
    await tx.restoreGrant.delete({ where: { id: row.id } })
    await recordAudit(tx, ctx.actor, {
      action: 'restore.grant-withdraw',
      subjectType: 'source',
      subjectId: row.sourceId,
      detail: { name: row.source.name, target: row.target.name, targetId: row.targetId },
    })
  })
}
