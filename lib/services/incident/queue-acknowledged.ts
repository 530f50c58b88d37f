import { followsIncidents } from '@/lib/contracts/alerting/channel-config'
import { reminderPrefix } from '@/lib/db/catalog/delivery'
import type { Tx } from '@/lib/db/client'

/** Withdraws waiting reminders, and sends the acknowledgement to receivers with incidents of their own. */
export async function queueAcknowledged(tx: Tx, alertId: string): Promise<void> {
  await tx.alertDelivery.updateMany({
    where: { alertId, state: 'pending', attempts: 0, phase: { startsWith: reminderPrefix } },
    data: { state: 'skipped', error: 'It was acknowledged before it was sent.' },
  })
  const told = await tx.alertDelivery.findMany({
    where: { alertId, phase: 'opened', state: { not: 'skipped' } },
    select: { channelId: true },
  })
  const channels = await tx.channel.findMany({
    where: { id: { in: told.map(({ channelId }) => channelId) }, enabled: true, deletedAt: null },
    select: { id: true, kind: true },
  })
  await tx.alertDelivery.createMany({
    data: channels
      .filter(({ kind }) => followsIncidents(kind))
      .map(({ id }) => ({
        alertId,
        channelId: id,
        phase: 'acknowledged',
        state: 'pending',
      })),
    skipDuplicates: true,
  })
}
