import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Ends a token at once; its row stays, so that the audit log keeps its name. */
export async function revokeToken({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = found(await tx.apiToken.findUnique({ where: { id: input.id } }), 'token')
    if (row.revokedAt) return
    await tx.apiToken.update({ where: { id: row.id }, data: { revokedAt: ctx.clock.now() } })
    await recordAudit(tx, ctx.actor, {
      action: 'token.revoke',
      subjectType: 'token',
      subjectId: row.id,
      detail: { name: row.name },
    })
  })
}
