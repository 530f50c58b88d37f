import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import type { ChannelRouting } from '@/lib/contracts/alerting/channel-routing'

/** Routing as typed. */
export interface RoutingValues {
  minSeverity: ChannelRouting['minSeverity']
  everyEvent: boolean
  events: AlertEvent[]
  everySource: boolean
  sourceIds: string[]
  /** With commas between. */
  tags: string
  instance: boolean
  quiet: boolean
  quietFrom: string
  quietTo: string
  timeZone: string
  weekdays: number[]
  alsoCritical: boolean
  /** Empty: no reminders. */
  remindHours: string
  recovery: boolean
}

export const emptyRouting: RoutingValues = {
  minSeverity: 'warning',
  everyEvent: true,
  events: [],
  everySource: true,
  sourceIds: [],
  tags: '',
  instance: true,
  quiet: false,
  quietFrom: '22:00',
  quietTo: '07:00',
  timeZone: 'UTC',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  alsoCritical: false,
  remindHours: '24',
  recovery: true,
}

export function valuesOfRouting(routing: ChannelRouting): RoutingValues {
  const { quietHours } = routing
  return {
    ...emptyRouting,
    minSeverity: routing.minSeverity,
    everyEvent: routing.events === null,
    events: routing.events ?? [],
    everySource: routing.sourceIds.length === 0 && routing.tags.length === 0,
    sourceIds: routing.sourceIds,
    tags: routing.tags.join(', '),
    instance: routing.instance,
    quiet: quietHours !== null,
    ...(quietHours
      ? {
          quietFrom: quietHours.from,
          quietTo: quietHours.to,
          timeZone: quietHours.timeZone,
          weekdays: quietHours.weekdays,
          alsoCritical: quietHours.alsoCritical,
        }
      : {}),
    remindHours: routing.remindHours === null ? '' : String(routing.remindHours),
    recovery: routing.recovery,
  }
}

export function routingInputOf(values: RoutingValues) {
  return {
    minSeverity: values.minSeverity,
    events: values.everyEvent ? null : values.events,
    sourceIds: values.everySource ? [] : values.sourceIds,
    tags: values.everySource
      ? []
      : values.tags
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
    instance: values.instance,
    quietHours: values.quiet
      ? {
          from: values.quietFrom,
          to: values.quietTo,
          timeZone: values.timeZone.trim(),
          weekdays: values.weekdays,
          alsoCritical: values.alsoCritical,
        }
      : null,
    remindHours: values.remindHours.trim() === '' ? null : Number(values.remindHours),
    recovery: values.recovery,
  }
}
