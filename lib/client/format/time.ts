const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const ladder: ReadonlyArray<{ below: number; ms: number; unit: Intl.RelativeTimeFormatUnit }> = [
  { below: 3_600_000, ms: 60_000, unit: 'minute' },
  { below: 86_400_000, ms: 3_600_000, unit: 'hour' },
  { below: 14 * 86_400_000, ms: 86_400_000, unit: 'day' },
  { below: 60 * 86_400_000, ms: 7 * 86_400_000, unit: 'week' },
  { below: 730 * 86_400_000, ms: 30.44 * 86_400_000, unit: 'month' },
]

/** `3 days ago`, `in 2 hours`, `just now`. */
export function formatRelative(at: Date, now: number): string {
  const difference = at.getTime() - now
  const size = Math.abs(difference)
  // Clocks differ by a little, and the page's clock ticks every few seconds: that is not the future yet.
  if (size < 45_000) return difference <= 10_000 ? 'just now' : 'in a moment'
  const step = ladder.find((candidate) => size < candidate.below)
  if (step) return relative.format(Math.sign(difference) * Math.max(1, Math.round(size / step.ms)), step.unit)
  return relative.format(Math.round(difference / (365.25 * 86_400_000)), 'year')
}

/** Date and time in a zone, with the zone's name: `21 Nov 2026, 04:00 EET`. The viewer's own zone when none is given. */
export function formatAbsolute(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at)
}

/** A point in a sentence, with the zone: `21:44 EET` today, `20 Nov, 21:44 EET` before, with the year where it is another. */
export function formatPoint(at: Date, now: number, timeZone?: string): string {
  const day = (date: Date) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(date)
  const [there, here] = [day(at), day(new Date(now))]
  return new Intl.DateTimeFormat('en-GB', {
    ...(there === here ? {} : { day: 'numeric', month: 'short' }),
    ...(there.slice(0, 4) === here.slice(0, 4) ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at)
}

const exact: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
}

/** As formatAbsolute with seconds, for logs and evidence. */
export function formatExact(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...exact, timeZone }).format(at)
}

/** As formatExact with milliseconds, for a point that is recovered to. */
export function formatPrecise(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...exact, fractionalSecondDigits: 3, timeZone }).format(at)
}

/** The calendar day `2026-11-21` as `Sat 21 Nov`; days of statistics are days in UTC. */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
}

/** The viewer's IANA zone, e.g. `Europe/Athens`. */
export function viewerTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
