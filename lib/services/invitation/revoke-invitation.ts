import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Makes a link worthless at once; one that was followed or has ended is left as it is. */
export async function revokeInvitation({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = found(await tx.invitation.findUnique({ where: { id: input.id } }), 'invitation')
    if (row.acceptedAt || row.revokedAt) return
    await tx.invitation.update({ where: { id: row.id }, data: { revokedAt: ctx.clock.now() } })
    await recordAudit(tx, ctx.actor, {
      action: 'invitation.revoke',
      subjectType: 'invitation',
      subjectId: row.id,
      detail: { email: row.email },
    })
  })
}
