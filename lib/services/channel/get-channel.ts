import type { Channel } from '@/lib/contracts/alerting/alert'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findChannel } from './find-channel'
import { showChannel } from './show-channel'

/** One channel; throws `not-found`. */
export async function getChannel({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Channel> {
  permit(ctx.actor, 'viewer')
  return showChannel(ctx, await findChannel(ctx.db, input.id))
}
