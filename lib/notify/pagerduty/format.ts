import { hostname } from 'node:os'
import type { Notification } from '@/lib/ports/notifier'
import { shorten } from '../shorten'

const maxSummary = 1_024

/** What the phases are in PagerDuty; a reminder is one more event of the same alert there. */
const actions = {
  opened: 'trigger',
  reminder: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
  test: 'trigger',
} as const

/**
 * An event of the Events API v2. The incident's id is the key: unlike its cause, it is never used again, so a late
 * `resolve` cannot end the next incident of the same cause.
 */
export function formatPagerduty(notification: Notification, routingKey: string, action = actions[notification.phase]) {
  const event = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: `holdfast:${notification.alertId}`,
  }
  if (action !== 'trigger') return event
  return {
    ...event,
    client: 'Holdfast',
    ...(notification.url
      ? { client_url: notification.url, links: [{ href: notification.url, text: 'Open in Holdfast' }] }
      : {}),
    payload: {
      summary: shorten(notification.title.replace(/\s+/g, ' ').trim(), maxSummary),
      source: hostname(),
      severity: notification.phase === 'test' ? 'info' : notification.severity,
      timestamp: notification.at.toISOString(),
      component: 'backup',
      class: notification.event,
      custom_details: { description: notification.body, ...notification.facts },
    },
  }
}
