import type { AlertEvent } from '@/lib/contracts/alert'
import type { Tx } from '@/lib/db/client'
import { incidentKey } from './raise-incident'

/** Ends open incidents and queues a recovery notice on every channel that was told of them. */
export async function resolveIncident(tx: Tx, events: AlertEvent[], subjectId: string, now: Date): Promise<void> {
  const open = await tx.alert.findMany({
    where: { key: { in: events.map((event) => incidentKey(event, subjectId)) }, resolvedAt: null },
    include: { deliveries: { where: { phase: 'opened' } } },
  })
  for (const alert of open) {
    await tx.alert.update({ where: { id: alert.id }, data: { resolvedAt: now } })
    await tx.alertDelivery.createMany({
      data: alert.deliveries.map(({ channelId }) => ({
        alertId: alert.id,
        channelId,
        phase: 'resolved',
        state: 'pending',
      })),
    })
  }
}
