import { followsIncidents } from '@/lib/contracts/alerting/channel-config'
import { severitySchema, type AlertEvent } from '@/lib/contracts/alerting/alert-event'
import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { heldUntil } from '@/lib/core/alert/route-alert'
import type { Tx } from '@/lib/db/client'
import type { AlertModel } from '@/lib/db/generated/models/Alert'
import { incidentKey } from './raise-incident'

/**
 * Ends open incidents and queues a recovery notice on every channel that was notified of them. Messages still waiting for
 * the end of quiet hours are dropped, both of the start and of the end.
 */
export async function resolveIncident(tx: Tx, events: AlertEvent[], subjectId: string, now: Date): Promise<void> {
  const open = await tx.alert.findMany({
    where: { key: { in: events.map((event) => incidentKey(event, subjectId)) }, resolvedAt: null },
  })
  for (const alert of open) {
    const { count } = await tx.alert.updateMany({
      where: { id: alert.id, resolvedAt: null },
      data: { resolvedAt: now },
    })
    if (count === 1) await queueResolved(tx, alert, now)
  }
}

async function queueResolved(tx: Tx, alert: AlertModel, now: Date): Promise<void> {
  const waiting = { alertId: alert.id, state: 'pending' }
  const over = { state: 'skipped', error: 'It was over before it was sent.' }
  // A first try that lies ahead is one that quiet hours hold back.
  await tx.alertDelivery.updateMany({
    where: { ...waiting, phase: 'opened', attempts: 0, nextAt: { gt: now } },
    data: over,
  })
  await tx.alertDelivery.updateMany({ where: { ...waiting, phase: { not: 'opened' }, attempts: 0 }, data: over })
  const told = await tx.alertDelivery.findMany({
    where: { alertId: alert.id, phase: 'opened', state: { not: 'skipped' } },
    select: { channelId: true },
  })
  const channels = await tx.channel.findMany({
    where: { id: { in: told.map(({ channelId }) => channelId) }, enabled: true, deletedAt: null },
  })
  const severity = severitySchema.parse(alert.severity)
  await tx.alertDelivery.createMany({
    data: channels
      .map((channel) => ({ ...channel, routing: channelRoutingSchema.parse(channel.routing) }))
      .filter((channel) => channel.routing.recovery || followsIncidents(channel.kind))
      .map((channel) => ({
        alertId: alert.id,
        channelId: channel.id,
        phase: 'resolved',
        state: 'pending',
        nextAt: heldUntil(channel.routing, severity, now) ?? undefined,
      })),
    skipDuplicates: true,
  })
}
