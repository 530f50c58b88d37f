import type { AlertEvent, Severity } from '@/lib/contracts/alerting/alert-event'
import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { heldUntil, isRouted } from '@/lib/core/alert/route-alert'
import type { Tx } from '@/lib/db/client'

interface OpenAlert {
  id: string
  event: AlertEvent
  severity: Severity
  sourceId: string | null
  exceptChannelId?: string
}

/**
 * Queues the opening of an incident for every channel whose routing wants it and that was not notified yet. Answers these
 * channels, each with the earliest time of its message.
 */
export async function queueOpened(
  tx: Tx,
  alert: OpenAlert,
  now: Date,
): Promise<{ channelId: string; kind: string; nextAt: Date | undefined }[]> {
  const channels = await tx.channel.findMany({
    where: { enabled: true, deletedAt: null, ...(alert.exceptChannelId ? { id: { not: alert.exceptChannelId } } : {}) },
    select: { id: true, kind: true, routing: true },
  })
  if (channels.length === 0) return []
  const source = alert.sourceId
    ? await tx.source.findUnique({ where: { id: alert.sourceId }, select: { tags: true } })
    : null
  const told = channels
    .map((channel) => ({ ...channel, routing: channelRoutingSchema.parse(channel.routing) }))
    .filter(({ routing }) => isRouted(routing, { ...alert, tags: source?.tags ?? [] }))
    // Without a time at once by the catalog's clock, which is the one that deliveries are looked at with.
    .map(({ id, kind, routing }) => ({
      channelId: id,
      kind,
      nextAt: heldUntil(routing, alert.severity, now) ?? undefined,
    }))
  await tx.alertDelivery.createMany({
    data: told.map(({ channelId, nextAt }) => ({
      alertId: alert.id,
      channelId,
      phase: 'opened',
      state: 'pending',
      nextAt,
    })),
    skipDuplicates: true,
  })
  return told
}
