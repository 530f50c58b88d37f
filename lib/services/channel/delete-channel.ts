import { confirmChange, type Confirmed } from '../approval/confirm-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { settleChannel } from '../incident/channel-incident'
import { permit } from '../permit'
import { findChannel } from './find-channel'
import { farewellTo, sayFarewell } from './say-farewell'

/**
 * Removes a channel and destroys its secret; its pending deliveries are dropped, and its receiver is notified that it hears
 * no more. Throws `step-up-needed`.
 */
export async function deleteChannel({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  const farewell = await ctx.db.$transaction(async (tx) => {
    const row = await findChannel(tx, input.id)
    const now = ctx.clock.now()
    const change: Confirmed = {
      action: 'channel.delete',
      subjectType: 'channel',
      subjectId: row.id,
      summary: `The channel "${row.name}" is removed`,
    }
    await confirmChange(ctx, tx, change)
    await tx.channel.update({ where: { id: row.id }, data: { deletedAt: now, enabled: false, secretSealed: null } })
    await settleChannel(tx, row.id, now)
    await recordAudit(tx, ctx.actor, {
      action: 'channel.delete',
      subjectType: 'channel',
      subjectId: row.id,
      detail: { name: row.name, kind: row.kind },
    })
    return row.enabled ? farewellTo(ctx, row, change) : null
  })
  await sayFarewell(ctx, farewell)
}
