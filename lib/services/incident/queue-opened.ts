import type { AlertEvent, Severity } from '@/lib/contracts/alert-event'
import { channelRoutingSchema } from '@/lib/contracts/channel-routing'
import { heldUntil, isRouted } from '@/lib/core/alert/route-alert'
import type { Tx } from '@/lib/db/client'

interface OpenAlert {
  id: string
  event: AlertEvent
  severity: Severity
  sourceId: string | null
  exceptChannelId?: string
}

/** Queues the opening of an incident for every channel whose routing wants it and that was not told yet. */
export async function queueOpened(tx: Tx, alert: OpenAlert, now: Date): Promise<void> {
  const channels = await tx.channel.findMany({
    where: { enabled: true, deletedAt: null, ...(alert.exceptChannelId ? { id: { not: alert.exceptChannelId } } : {}) },
    select: { id: true, routing: true },
  })
  if (channels.length === 0) return
  const source = alert.sourceId
    ? await tx.source.findUnique({ where: { id: alert.sourceId }, select: { tags: true } })
    : null
  const told = channels
    .map((channel) => ({ id: channel.id, routing: channelRoutingSchema.parse(channel.routing) }))
    .filter(({ routing }) => isRouted(routing, { ...alert, tags: source?.tags ?? [] }))
  await tx.alertDelivery.createMany({
    data: told.map(({ id, routing }) => ({
      alertId: alert.id,
      channelId: id,
      phase: 'opened',
      state: 'pending',
      // Else at once by the catalog's clock, which is the one that deliveries are looked at with.
      nextAt: heldUntil(routing, alert.severity, now) ?? undefined,
    })),
    skipDuplicates: true,
  })
}
