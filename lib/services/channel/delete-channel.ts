import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findChannel } from './find-channel'

/** Removes a channel and destroys its secret; what it still had to deliver is given up. */
export async function deleteChannel({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const row = await findChannel(tx, input.id)
    await tx.channel.update({
      where: { id: row.id },
      data: { deletedAt: ctx.clock.now(), enabled: false, secretSealed: null },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'channel.delete',
      subjectType: 'channel',
      subjectId: row.id,
      detail: { name: row.name, kind: row.kind },
    })
  })
}
