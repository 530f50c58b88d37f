import type { Channel } from '@/lib/contracts/alerting/alert'
import { toChannel } from '@/lib/db/catalog/channel'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import type { ServiceContext } from '../context'
import { channelIncidentKey } from '../incident/channel-incident'

/** A channel with its last delivery; only administrators see a webhook's whole address. */
export async function showChannel(ctx: ServiceContext, row: ChannelModel): Promise<Channel> {
  const [lastDelivery, trouble] = await Promise.all([
    ctx.db.alertDelivery.findFirst({
      where: { channelId: row.id, state: { not: 'skipped' } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    }),
    ctx.db.alert.findFirst({ where: { key: channelIncidentKey(row.id), resolvedAt: null }, select: { id: true } }),
  ])
  return toChannel(row, { lastDelivery, failing: trouble !== null }, ctx.actor.role === 'admin')
}
