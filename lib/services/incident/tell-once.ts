import { followsIncidents } from '@/lib/contracts/alerting/channel-config'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { queueOpened } from './queue-opened'
import type { Incident } from './raise-incident'

/**
 * Reports a single event to every channel whose routing wants it: once, without reminders and without a recovery notice. It
 * is resolved the moment it is written. Receivers that keep incidents of their own are sent the end as well, or theirs
 * would stay open indefinitely.
 */
export async function tellOnce(tx: Tx, notice: Omit<Incident, 'subjectId'>, now: Date): Promise<void> {
  const { event, severity, sourceId, title, body, facts = {} } = notice
  const alert = await tx.alert.create({
    data: {
      key: `${event}:once`,
      event,
      severity,
      sourceId,
      title,
      body,
      facts: toJson(facts),
      openedAt: now,
      lastSeenAt: now,
      resolvedAt: now,
    },
  })
  const told = await queueOpened(tx, { ...notice, id: alert.id }, now)
  await tx.alertDelivery.createMany({
    data: told
      .filter(({ kind }) => followsIncidents(kind))
      .map(({ channelId, nextAt }) => ({ alertId: alert.id, channelId, phase: 'resolved', state: 'pending', nextAt })),
  })
}
