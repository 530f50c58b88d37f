import type { QuietHours } from '@/lib/contracts/alerting/channel-routing'

const minuteMs = 60_000
/** Clocks are put forward or back by two hours at the most. */
const clockChangeMs = 2 * 60 * minuteMs

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const formats = new Map<string, Intl.DateTimeFormat>()

/** When the quiet hours end that `at` lies in; null outside of them. */
export function quietUntil(hours: QuietHours, at: Date): Date | null {
  if (!isQuiet(hours, at)) return null
  const { minutes } = localTime(hours.timeZone, at)
  const away = (minutesOf(hours.to) - minutes + 1_440) % 1_440
  const start = Math.floor(at.getTime() / minuteMs) * minuteMs
  // A change of the clocks on the way moves the end; from a little before it, minutes are looked at one by one.
  let end = Math.max(start + minuteMs, start + away * minuteMs - clockChangeMs)
  while (isQuiet(hours, new Date(end))) end += minuteMs
  return new Date(end)
}

function isQuiet(hours: QuietHours, at: Date): boolean {
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  const { weekday, minutes } = localTime(hours.timeZone, at)
  const begun = (day: number) => hours.weekdays.includes(day)
  if (from < to) return minutes >= from && minutes < to && begun(weekday)
  const yesterday = weekday === 1 ? 7 : weekday - 1
  return (minutes >= from && begun(weekday)) || (minutes < to && begun(yesterday))
}

function minutesOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return hour * 60 + minute
}

/** Day of the week (1 is Monday) and minutes since midnight as the clocks of the zone show them. */
function localTime(timeZone: string, at: Date): { weekday: number; minutes: number } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  formats.set(timeZone, format)
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    weekday: weekdays.indexOf(parts.get('weekday') ?? '') + 1,
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  }
}
