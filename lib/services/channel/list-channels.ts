import type { Channel } from '@/lib/contracts/alerting/alert'
import type { Page, PageQuery } from '@/lib/contracts/common'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { showChannel } from './show-channel'

/** Channels by name. */
export async function listChannels({ ctx, input }: { ctx: ServiceContext; input: PageQuery }): Promise<Page<Channel>> {
  permit(ctx.actor, 'viewer')
  const page = await keysetPage(
    input,
    (row: ChannelModel) => row,
    (keys) =>
      ctx.db.channel.findMany({ where: { deletedAt: null }, orderBy: [{ name: 'asc' }, { id: 'asc' }], ...keys }),
  )
  return { ...page, items: await Promise.all(page.items.map((row) => showChannel(ctx, row))) }
}
