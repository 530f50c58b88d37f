import { toFailure } from '@/lib/core/holdfast-error'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import type { Notification } from '@/lib/ports/notifier'
import { newsOf, type Confirmed } from '../approval/confirm-change'
import { who } from '../approval/tell-administrators'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { channelKind } from './channel-config'
import { channelSpec } from './channel-spec'

/** A person waits for it. */
const sendTimeoutMs = 5_000

/** The last message to a receiver, as it was reached until now. */
export interface Farewell {
  channel: ChannelModel
  notification: Notification
}

/** The last message to a receiver that will, or may, hear no more from this instance. */
export function farewellTo(ctx: ServiceContext, channel: ChannelModel, change: Confirmed): Farewell {
  const news = newsOf(change)
  return {
    channel,
    notification: {
      // No step of an incident: nothing stays open at the receiver.
      phase: 'test',
      alertId: channel.id,
      event: 'guarded-change',
      severity: 'warning',
      title: `${who(ctx.actor)} ${news.did}`,
      body: news.body,
      facts: news.facts,
      at: ctx.clock.now(),
    },
  }
}

/**
 * Sends it after the change was written, past the queue: deliveries look at the channel as it is by then. A receiver that
 * does not answer keeps nobody from removing it. Never throws.
 */
export async function sayFarewell(ctx: ServiceContext, farewell: Farewell | null): Promise<void> {
  if (farewell === null) return
  const { channel, notification } = farewell
  try {
    const notifier = ctx.notifier(channelKind(channel.kind))
    await notifier.send(await channelSpec(ctx, channel), notification, briefRun(ctx, sendTimeoutMs).signal)
  } catch (error) {
    ctx.logger.warn('the last message to a channel could not be delivered', {
      channel: channel.name,
      code: toFailure(error).code,
    })
  }
}
