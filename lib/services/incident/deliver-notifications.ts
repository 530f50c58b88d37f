import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { Prisma } from '@/lib/db/generated/client'
import type { Notification } from '@/lib/ports/notifier'
import { channelSpec } from '../channel/channel-spec'
import type { ServiceContext } from '../context'

/** After this many tries a delivery is given up and shown as failed; with the delays below that is about an hour. */
const maxAttempts = 10
const kindSchema = z.enum(['email', 'webhook'])
const severitySchema = z.enum(['warning', 'critical'])

/**
 * Sends what is due. A delivery is locked while it is sent, so two workers never send it twice; a failure is tried
 * again with growing delays and never becomes a backup's failure. Answers how many were sent.
 */
export async function deliverNotifications(args: { ctx: ServiceContext; signal: AbortSignal }): Promise<number> {
  const { ctx } = args
  let sent = 0
  for (;;) {
    const more = await ctx.db.$transaction(
      async (tx) => {
        const [row] = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
          SELECT id FROM alert_delivery WHERE state = 'pending' AND next_at <= now()
          ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED`)
        if (!row) return false
        const delivery = await tx.alertDelivery.findUniqueOrThrow({ where: { id: row.id }, include: { alert: true } })
        const channel = await tx.channel.findFirst({
          where: { id: delivery.channelId, deletedAt: null, enabled: true },
        })
        if (!channel) {
          await tx.alertDelivery.update({
            where: { id: row.id },
            data: { state: 'failed', error: 'The channel was removed or switched off.' },
          })
          return true
        }
        const resolved = delivery.phase === 'resolved'
        const notification: Notification = {
          phase: resolved ? 'resolved' : 'opened',
          alertId: delivery.alertId,
          event: delivery.alert.event,
          severity: severitySchema.parse(delivery.alert.severity),
          title: resolved ? `Recovered: ${delivery.alert.title}` : delivery.alert.title,
          body: delivery.alert.body,
          facts: jsonObject(delivery.alert.facts),
          at: resolved ? (delivery.alert.resolvedAt ?? delivery.createdAt) : delivery.alert.openedAt,
        }
        const attempts = delivery.attempts + 1
        try {
          const signal = AbortSignal.any([args.signal, AbortSignal.timeout(30_000)])
          await ctx.notifier(kindSchema.parse(channel.kind)).send(channelSpec(ctx, channel), notification, signal)
          await tx.alertDelivery.update({
            where: { id: row.id },
            data: { state: 'sent', attempts, sentAt: ctx.clock.now(), error: null },
          })
          sent += 1
        } catch (error) {
          const message = error instanceof HoldfastError || error instanceof Error ? error.message : String(error)
          ctx.logger.warn('an alert could not be delivered', { channel: channel.name, attempts, error: message })
          await tx.alertDelivery.update({
            where: { id: row.id },
            data: {
              state: attempts >= maxAttempts ? 'failed' : 'pending',
              attempts,
              error: message,
              nextAt: new Date(ctx.clock.now().getTime() + Math.min(600_000, 5_000 * 2 ** attempts)),
            },
          })
        }
        return true
      },
      { timeout: 45_000 },
    )
    if (!more || args.signal.aborted) return sent
  }
}
