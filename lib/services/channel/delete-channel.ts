import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { settleChannel } from '../incident/channel-incident'
import { permit } from '../permit'
import { findChannel } from './find-channel'

/** Removes a channel and destroys its secret; what it still had to deliver is given up. */
export async function deleteChannel({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findChannel(tx, input.id)
    const now = ctx.clock.now()
    await tx.channel.update({ where: { id: row.id }, data: { deletedAt: now, enabled: false, secretSealed: null } })
    await settleChannel(tx, row.id, now)
    await recordAudit(tx, ctx.actor, {
      action: 'channel.delete',
      subjectType: 'channel',
      subjectId: row.id,
      detail: { name: row.name, kind: row.kind },
    })
  })
}
