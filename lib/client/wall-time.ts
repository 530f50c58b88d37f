const dayMs = 86_400_000

/** What a clock on the wall shows in a zone, as the browser's fields for date and time have it: `2026-11-30T21:44:05.123`. */
export function wallTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  const date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
  return `${date}T${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')}`
}

/**
 * The moments at which the clock shows it, the earlier first: none where it was put forward over it, two where it was put back, and none for
 * what is no time.
 */
export function momentsOf(wall: string, timeZone: string): Date[] {
  const asUtc = Date.parse(`${wall}Z`)
  if (Number.isNaN(asUtc)) return []
  const shown = new Date(asUtc).toISOString().slice(0, -1)
  // A zone has one offset well before the moment and one well after it.
  const offsets = [asUtc - dayMs, asUtc + dayMs].map((at) => Date.parse(`${wallTime(new Date(at), timeZone)}Z`) - at)
  return [...new Set(offsets)]
    .map((offset) => new Date(asUtc - offset))
    .filter((at) => wallTime(at, timeZone) === shown)
    .toSorted((one, other) => one.getTime() - other.getTime())
}
