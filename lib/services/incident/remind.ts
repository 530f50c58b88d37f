import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { heldUntil } from '@/lib/core/alert/route-alert'
import { reminderPrefix } from '@/lib/db/catalog/delivery'
import { Prisma } from '@/lib/db/generated/client'
import type { ServiceContext } from '../context'

/**
 * Queues a reminder on every channel for each open incident that was sent there, that nobody acknowledged, and that has not
 * been mentioned for the time in the channel's routing. Reminders are numbered, and each exists once however many workers
 * tick.
 */
export async function remind({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<number> {
  const channels = await ctx.db.channel.findMany({
    where: { enabled: true, deletedAt: null },
    select: { id: true, routing: true },
  })
  let queued = 0
  for (const channel of channels) {
    const routing = channelRoutingSchema.parse(channel.routing)
    if (routing.remindHours === null) continue
    const heardBefore = new Date(now.getTime() - routing.remindHours * 3_600_000)
    queued += await ctx.db.$executeRaw(Prisma.sql`
      WITH told AS (
        INSERT INTO alert_delivery (id, alert_id, channel_id, phase, state, created_at, next_at)
        SELECT gen_random_uuid(), a.id, ${channel.id}::uuid,
          ${reminderPrefix} || (count(*) FILTER (WHERE d.phase LIKE ${`${reminderPrefix}%`}) + 1), 'pending', now(),
          coalesce(CASE a.severity WHEN 'critical' THEN ${heldUntil(routing, 'critical', now)}::timestamptz
            ELSE ${heldUntil(routing, 'warning', now)}::timestamptz END, now())
        FROM alert a JOIN alert_delivery d ON d.alert_id = a.id AND d.channel_id = ${channel.id}::uuid
        WHERE a.resolved_at IS NULL AND a.acknowledged_at IS NULL
        GROUP BY a.id
        HAVING bool_and(d.state <> 'pending') AND max(coalesce(d.sent_at, d.created_at)) <= ${heardBefore}
        ON CONFLICT DO NOTHING
        RETURNING alert_id)
      UPDATE alert SET reminded_at = ${now} WHERE id IN (SELECT alert_id FROM told)`)
  }
  return queued
}
