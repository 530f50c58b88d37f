import type { AlertEvent, Severity } from '@/lib/contracts/alerting/alert-event'
import type { ChannelRouting } from '@/lib/contracts/alerting/channel-routing'
import { quietUntil } from './quiet-until'

/** What the routing of a channel looks at. `tags` are those of the source. */
export interface RoutedAlert {
  event: AlertEvent
  severity: Severity
  sourceId: string | null
  tags: readonly string[]
}

/** Whether an alert is sent to a channel. */
export function isRouted(routing: ChannelRouting, alert: RoutedAlert): boolean {
  if (routing.minSeverity === 'critical' && alert.severity !== 'critical') return false
  if (routing.events !== null && !routing.events.includes(alert.event)) return false
  if (alert.sourceId === null) return routing.instance
  if (routing.sourceIds.length === 0 && routing.tags.length === 0) return true
  return routing.sourceIds.includes(alert.sourceId) || alert.tags.some((tag) => routing.tags.includes(tag))
}

/** Until when alerts of this severity are held back for a channel; null when they are sent immediately. */
export function heldUntil(routing: ChannelRouting, severity: Severity, now: Date): Date | null {
  const { quietHours } = routing
  if (quietHours === null || (severity === 'critical' && !quietHours.alsoCritical)) return null
  return quietUntil(quietHours, now)
}
