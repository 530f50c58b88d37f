import type { Channel } from '@/lib/contracts/alert'
import { toChannel } from '@/lib/db/catalog/channel'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import type { ServiceContext } from '../context'

/** A channel with its last delivery; only administrators see a webhook's whole address. */
export async function showChannel(ctx: ServiceContext, row: ChannelModel): Promise<Channel> {
  const last = await ctx.db.alertDelivery.findFirst({
    where: { channelId: row.id },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  return toChannel(row, last, ctx.actor.role === 'admin')
}
