import { severitySchema } from '@/lib/contracts/alerting/alert-event'
import { spellDuration } from '@/lib/core/alert/spell-duration'
import { phaseOf } from '@/lib/db/catalog/delivery'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { Notification } from '@/lib/ports/notifier'
import type { ClaimedDelivery } from './claim-deliveries'

/** More of a group are only counted. */
const maxListed = 25

/** What is sent for claimed deliveries: one by itself, or several of a phase as one list. */
export function toNotification(deliveries: ClaimedDelivery[], now: Date, pageUrl: string | null): Notification | null {
  const [first, ...others] = deliveries
  if (!first) return null
  const url = pageUrl === null ? {} : { url: pageUrl }
  if (others.length === 0) return { ...single(first, now), ...url }
  const { phase } = single(first, now)
  const what = phase === 'resolved' ? 'alerts are over' : phase === 'reminder' ? 'alerts are still open' : 'alerts'
  const lines = deliveries.slice(0, maxListed).map(({ alert }) => `- ${alert.title}: ${alert.body.split('\n', 1)[0]}`)
  if (deliveries.length > maxListed) lines.push(`and ${deliveries.length - maxListed} more`)
  return {
    phase,
    alertId: first.alertId,
    deliveryId: first.id,
    event: 'several',
    severity: deliveries.some(({ alert }) => alert.severity === 'critical') ? 'critical' : 'warning',
    title: `${deliveries.length} ${what}`,
    body: lines.join('\n'),
    facts: {},
    at: first.createdAt,
    ...url,
  }
}

function single(delivery: ClaimedDelivery, now: Date): Notification {
  const { alert } = delivery
  const phase = phaseOf(delivery.phase)
  const since = alert.openedAt.getTime()
  const common = {
    phase,
    alertId: alert.id,
    deliveryId: delivery.id,
    event: alert.event,
    severity: severitySchema.parse(alert.severity),
    title: alert.title,
    body: alert.body,
    facts: jsonObject(alert.facts),
    at: alert.openedAt,
  }
  switch (phase) {
    case 'opened':
      return common
    case 'acknowledged':
      return { ...common, at: alert.acknowledgedAt ?? delivery.createdAt }
    case 'reminder': {
      const times = alert.count > 1 ? `, seen ${alert.count} times` : ''
      const lasting = spellDuration(now.getTime() - since)
      return { ...common, body: `For ${lasting}${times}: ${alert.body}`, at: delivery.createdAt }
    }
    case 'resolved': {
      const end = alert.resolvedAt ?? delivery.createdAt
      const lasted = spellDuration(end.getTime() - since)
      return {
        ...common,
        title: `Recovered: ${alert.title}`,
        body: `Over after ${lasted}. It was: ${alert.body}`,
        at: end,
      }
    }
  }
}
