import type { Tx } from '@/lib/db/client'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import { found } from '../not-found'

/** A channel that was not deleted; throws `not-found`. */
export async function findChannel(tx: Tx, id: string): Promise<ChannelModel> {
  return found(await tx.channel.findFirst({ where: { id, deletedAt: null } }), 'channel')
}
