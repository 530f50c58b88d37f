import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import type { ChannelRouting } from '@/lib/contracts/alerting/channel-routing'

/** Routing as typed. */
export interface RoutingValues {
  minSeverity: ChannelRouting['minSeverity']
  everyEvent: boolean
  events: AlertEvent[]
  everySource: boolean
  sourceIds: string[]
  tags: string[]
  instance: boolean
  quiet: boolean
  quietHours: NonNullable<ChannelRouting['quietHours']>
  /** Null: no reminders. */
  remindHours: number | null
  recovery: boolean
}

export const emptyRouting: RoutingValues = {
  minSeverity: 'warning',
  everyEvent: true,
  events: [],
  everySource: true,
  sourceIds: [],
  tags: [],
  instance: true,
  quiet: false,
  quietHours: {
    from: '22:00',
    to: '07:00',
    timeZone: 'UTC',
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    alsoCritical: false,
  },
  remindHours: 24,
  recovery: true,
}

export function valuesOfRouting({ events, quietHours, ...routing }: ChannelRouting): RoutingValues {
  return {
    ...routing,
    everyEvent: events === null,
    events: events ?? [],
    everySource: routing.sourceIds.length === 0 && routing.tags.length === 0,
    quiet: quietHours !== null,
    quietHours: quietHours ?? emptyRouting.quietHours,
  }
}

export function routingInputOf({ everyEvent, everySource, quiet, ...routing }: RoutingValues) {
  const { events, sourceIds, tags, quietHours } = routing
  return {
    ...routing,
    events: everyEvent ? null : events,
    sourceIds: everySource ? [] : sourceIds,
    tags: everySource ? [] : tags,
    quietHours: quiet ? { ...quietHours, timeZone: quietHours.timeZone.trim() } : null,
  }
}
