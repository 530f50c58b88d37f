import { describe, expect, it } from 'vitest'
import { quietHoursSchema } from '@/lib/contracts/alerting/channel-routing'
import { quietUntil } from '@/lib/core/alert/quiet-until'

const hours = (change: Record<string, unknown> = {}) =>
  quietHoursSchema.parse({ from: '22:00', to: '07:00', timeZone: 'Europe/Athens', ...change })
const until = (change: Record<string, unknown>, at: string) =>
  quietUntil(hours(change), new Date(at))?.toISOString() ?? null

describe('quiet hours', () => {
  it.each([
    ['before they begin', {}, '2026-01-14T19:59:59Z', null],
    ['from their first minute', {}, '2026-01-14T20:00:00Z', '2026-01-15T05:00:00.000Z'],
    ['past midnight', {}, '2026-01-15T03:10:20Z', '2026-01-15T05:00:00.000Z'],
    ['until their last minute', {}, '2026-01-15T04:59:59Z', '2026-01-15T05:00:00.000Z'],
    ['at their end', {}, '2026-01-15T05:00:00Z', null],
    ['within one day', { from: '12:00', to: '13:30' }, '2026-01-14T10:30:00Z', '2026-01-14T11:30:00.000Z'],
    ['nearly all day', { from: '00:00', to: '23:59' }, '2026-01-14T00:00:00Z', '2026-01-14T21:59:00.000Z'],
  ])('%s', (_, change, at, end) => {
    expect(until(change, at)).toBe(end)
  })

  it('are of the day on which they begin', () => {
    // Friday only: 2026-01-16 is a Friday.
    const friday = { weekdays: [5] }
    expect(until(friday, '2026-01-16T21:00:00Z')).toBe('2026-01-17T05:00:00.000Z')
    expect(until(friday, '2026-01-17T03:00:00Z')).toBe('2026-01-17T05:00:00.000Z')
    expect(until(friday, '2026-01-17T21:00:00Z')).toBeNull()
    expect(until(friday, '2026-01-16T03:00:00Z')).toBeNull()
    const sunday = { weekdays: [7] }
    expect(until(sunday, '2026-01-19T03:00:00Z')).toBe('2026-01-19T05:00:00.000Z')
  })

  it('end by the clock on the wall when clocks change', () => {
    // Athens: forward on 2026-03-29 at 03:00, back on 2026-10-25 at 04:00.
    expect(until({}, '2026-03-28T21:00:00Z')).toBe('2026-03-29T04:00:00.000Z')
    expect(until({}, '2026-10-24T20:00:00Z')).toBe('2026-10-25T05:00:00.000Z')
    // An end that does not exist that night is when the clocks have passed it.
    expect(until({ to: '03:30' }, '2026-03-28T23:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
  })

  it('of any kind end within a day, at a moment that is not quiet', () => {
    const zones = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']
    for (let index = 0; index < 400; index += 1) {
      const clock = (minutes: number) =>
        `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
      const from = (index * 37) % 1_440
      const to = (from + 1 + ((index * 101) % 1_438)) % 1_440
      const change = { from: clock(from), to: clock(to), timeZone: zones[index % zones.length] }
      const at = new Date(Date.UTC(2026, 0, 1) + index * 87_379_500)
      const end = quietUntil(hours(change), at)
      if (end === null) continue
      expect(end.getTime()).toBeGreaterThan(at.getTime())
      expect(end.getTime() - at.getTime()).toBeLessThanOrEqual(26 * 3_600_000)
      expect(quietUntil(hours(change), end)).toBeNull()
    }
  })

  it('that would never end are refused', () => {
    expect(quietHoursSchema.safeParse({ from: '07:00', to: '07:00' }).success).toBe(false)
    expect(quietHoursSchema.safeParse({ timeZone: 'Mars/Olympus' }).success).toBe(false)
  })
})
