import type { GfsRules } from '../../contracts/retention'

export type GfsLevel = keyof GfsRules
export const gfsLevels = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const satisfies readonly GfsLevel[]

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The calendar hour, day, ISO week, month and year of an instant in a time zone, as keys that differ exactly when the
 * periods do. The hour that comes twice at the end of summer time is two hours.
 */
export function calendarBuckets(at: Date, timeZone: string): Record<GfsLevel, string> {
  const local = localParts(at, timeZone)
  const asUtc = Date.UTC(local.year, local.month - 1, local.day)
  const dayNumber = asUtc / 86_400_000
  // 1 January 1970 was a Thursday; weeks begin on Mondays.
  const monday = new Date((dayNumber - ((dayNumber + 3) % 7)) * 86_400_000)
  const day = new Date(asUtc).toISOString().slice(0, 10)
  const wholeMinutes = Math.floor(at.getTime() / 60_000)
  const offsetMinutes = asUtc / 60_000 + local.hour * 60 + local.minute - wholeMinutes
  return {
    hourly: `${day} ${String(local.hour).padStart(2, '0')}:00 ${offsetMinutes}`,
    daily: day,
    weekly: monday.toISOString().slice(0, 10),
    monthly: day.slice(0, 7),
    yearly: day.slice(0, 4),
  }
}

function localParts(at: Date, timeZone: string) {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const parts = format.formatToParts(at)
  const read = (name: Intl.DateTimeFormatPartTypes) => Number(parts.find(({ type }) => type === name)?.value)
  return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour'), minute: read('minute') }
}
