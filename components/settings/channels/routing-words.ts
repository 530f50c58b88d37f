import type { ChannelRouting } from '@/lib/contracts/alerting/channel-routing'

/** Which alerts a channel gets, in one line. */
export function routingWords(routing: ChannelRouting): string {
  const { events, sourceIds, tags, quietHours, remindHours } = routing
  const some = [
    ...(tags.length > 0 ? [`tagged ${tags.join(', ')}`] : []),
    ...(sourceIds.length > 0 ? [`${sourceIds.length} chosen`] : []),
  ]
  const parts = [
    routing.minSeverity === 'critical' ? 'Critical alerts' : 'All severities',
    ...(events === null ? [] : [`${events.length} ${events.length === 1 ? 'kind' : 'kinds'} of alert`]),
    ...(some.length > 0 ? [`sources ${some.join(' or ')}`] : []),
    ...(quietHours ? [`quiet from ${quietHours.from} to ${quietHours.to} (${quietHours.timeZone})`] : []),
    remindHours === null ? 'no reminders' : `reminded every ${remindHours} h`,
  ]
  return parts.join(' · ')
}
