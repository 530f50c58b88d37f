import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { Tx } from '@/lib/db/client'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import { confirmChange, type Confirmed } from '../approval/confirm-change'
import { fieldChanges } from '../audit/field-changes'
import type { ServiceContext } from '../context'
import { farewellTo, type Farewell } from './say-farewell'

interface Changed {
  enabled: boolean
  config: Record<string, unknown>
  routing: object
  secretSealed: string | null
}

/**
 * A thief of a session would first silence the alerts about everything else. Switching a channel off, redirecting it or
 * sending it fewer alerts therefore needs step-up. Answers the last message for the receiver that loses the channel, or
 * null. Throws `step-up-needed`.
 */
export async function confirmChannel(
  ctx: ServiceContext,
  tx: Tx,
  before: ChannelModel,
  after: Changed,
): Promise<Farewell | null> {
  const elsewhere =
    before.secretSealed !== after.secretSealed ||
    Object.keys(fieldChanges(jsonObject(before.config), after.config)).length > 0
  const off = before.enabled && !after.enabled
  const routing = channelRoutingSchema.parse(before.routing)
  const toldOther = Object.keys(fieldChanges(routing, after.routing)).length > 0
  if (!elsewhere && !off && !toldOther) return null
  const what = [
    ...(off ? ['is switched off'] : []),
    ...(elsewhere ? ['leads elsewhere or is reached otherwise'] : []),
    ...(toldOther ? ['receives other alerts'] : []),
  ]
  const change: Confirmed = {
    action: 'channel.change',
    subjectType: 'channel',
    subjectId: before.id,
    summary: `The channel "${before.name}" ${what.join(' and ')}`,
  }
  await confirmChange(ctx, tx, change)
  // With another routing alone the message above reaches it, since it is queued by the old one.
  return before.enabled && (off || elsewhere) ? farewellTo(ctx, before, change) : null
}
