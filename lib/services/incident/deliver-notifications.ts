import { HoldfastError } from '@/lib/core/holdfast-error'
import { Prisma } from '@/lib/db/generated/client'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import { channelKind } from '../channel/channel-config'
import { channelSpec } from '../channel/channel-spec'
import type { ServiceContext } from '../context'
import { claimDeliveries } from './claim-deliveries'
import { handBack, markFailed, markSent } from './finish-deliveries'
import { toNotification } from './to-notification'

const sendLimitMs = 30_000
/** No answer has this power over us: a receiver that asks for more waiting is asked again after an hour. */
const maxRetryAfterSeconds = 3_600

interface Delivering {
  ctx: ServiceContext
  signal: AbortSignal
  /** Channels that an earlier call is still at; a slow receiver so holds up nobody but itself. */
  busy?: Set<string>
  /** The address that people reach Holdfast at, for links; null or absent when nobody knows it. */
  baseUrl?: string | null
  /** Stands for the catalog's clock in tests. */
  now?: Date
}

/**
 * Sends what is due, each channel by itself and at the same time as the others. A delivery is claimed for a minute
 * while it is sent, so two workers do not send it twice; only one that died in between lets it be sent again. A failure
 * is tried again with growing delays and never becomes a backup's failure. Answers how many messages were sent.
 */
export async function deliverNotifications(args: Delivering): Promise<number> {
  const { ctx, busy = new Set<string>() } = args
  const now = args.now ?? null
  await ctx.db.$executeRaw(Prisma.sql`
    UPDATE alert_delivery SET state = 'failed', error = 'The channel was removed or switched off.'
    WHERE state = 'pending' AND next_at <= coalesce(${now}::timestamptz, now())
      AND NOT EXISTS (SELECT 1 FROM channel c WHERE c.id = channel_id AND c.enabled AND c.deleted_at IS NULL)`)
  const due = await ctx.db.$queryRaw<{ id: string }[]>(Prisma.sql`
    SELECT DISTINCT channel_id AS id FROM alert_delivery
    WHERE state = 'pending' AND next_at <= coalesce(${now}::timestamptz, now())`)
  const ids = due.map(({ id }) => id).filter((id) => !busy.has(id))
  const sent = await Promise.all(
    ids.map(async (id) => {
      busy.add(id)
      try {
        return await drain(args, id)
      } finally {
        busy.delete(id)
      }
    }),
  )
  return sent.reduce((sum, count) => sum + count, 0)
}

/** One message after the other, until nothing is due or one was not taken. */
async function drain(args: Delivering, channelId: string): Promise<number> {
  const channel = await args.ctx.db.channel.findUnique({ where: { id: channelId } })
  for (let sent = 0; ; sent += 1) {
    if (!channel || args.signal.aborted || !(await sendNext(args, channel))) return sent
  }
}

async function sendNext({ ctx, signal, baseUrl, now }: Delivering, channel: ChannelModel): Promise<boolean> {
  const driver = ctx.notifier(channelKind(channel.kind))
  const claim = await claimDeliveries(ctx.db, { channelId: channel.id, groups: driver.groups, now: now ?? null })
  const moment = () => now ?? ctx.clock.now()
  const notification = claim && toNotification(claim.deliveries, moment(), pageUrl(baseUrl))
  if (!claim || !notification) return false
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(sendLimitMs)])
    await driver.send(await channelSpec(ctx, channel), notification, limited)
  } catch (error) {
    if (signal.aborted) {
      await handBack(ctx.db, claim, moment())
      return false
    }
    const reason = error instanceof Error ? error.message : String(error)
    ctx.logger.warn('an alert could not be delivered', { channel: channel.name, error: reason })
    const retryAfterSeconds = retryAfterOf(error)
    await markFailed(ctx.db, claim, { channel, reason, retryAfterSeconds, now: moment() })
    return false
  }
  await markSent(ctx.db, claim, channel.id, moment())
  return true
}

function retryAfterOf(error: unknown): number {
  const asked = error instanceof HoldfastError ? error.facts['retryAfterSeconds'] : undefined
  return typeof asked === 'number' ? Math.min(asked, maxRetryAfterSeconds) : 0
}

const pageUrl = (baseUrl: string | null | undefined) => (baseUrl ? new URL('/admin/alerts', baseUrl).href : null)
