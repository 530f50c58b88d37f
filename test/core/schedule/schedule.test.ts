import { describe, expect, it } from 'vitest'
import { timingSchema } from '@/lib/contracts/schedule'
import { dueRuns } from '@/lib/core/schedule/due-runs'
import { nextRuns } from '@/lib/core/schedule/next-runs'
import { parseCron } from '@/lib/core/schedule/parse-cron'
import { planOccurrences } from '@/lib/core/schedule/plan-occurrences'

const at = (iso: string) => new Date(iso)

describe('parseCron', () => {
  it.each([
    ['0 25 * * *', '"25" is not a valid hour.'],
    ['61 2 * * *', '"61" is not a valid minute.'],
    ['0 2 * * xyz', '"xyz" is not a valid day of week.'],
    ['0 2 * *', 'A schedule has five fields'],
    ['@reboot', 'A schedule has five fields'],
    ['0 2 * * 1,8', '"1,8" is not a valid day of week.'],
    ['0 0 2 * * *', 'this has 6'],
  ])('refuses %s and names what is wrong', (cron, message) => {
    expect(() => parseCron(cron, 'UTC', at('2026-01-01T00:00:00Z'))).toThrow(message)
  })

  it.each([
    ['@daily', '0 0 * * *'],
    ['@Weekly', '0 0 * * 0'],
    ['@hourly', '0 * * * *'],
    ['0 3 * * 0,7', '0 3 * * 0'],
    ['0 3 * * 7', '0 3 * * 0'],
    ['0 3 * * 0,5-7', '0 3 * * 0,5,6'],
    ['0 3 * * MON-SUN', '0 3 * * *'],
    ['0 3 * * FRI-0', '0 3 * * 0,5,6'],
    ['0 3 * * sun,7,wed', '0 3 * * 0,3'],
  ])('takes %s for what everybody means by it: %s', (written, meant) => {
    const from = at('2026-01-01T00:00:00Z')
    const runs = (cron: string) => nextRuns(cron, 'UTC', from, 20).map((run) => run.toISOString())
    expect(runs(written)).toEqual(runs(meant))
    expect(timingSchema.shape.cron.parse(written)).toBe(written.startsWith('@') ? meant : written)
  })

  it('refuses a time zone that does not exist', () => {
    expect(() => parseCron('0 2 * * *', 'Europe/Atlantis', at('2026-01-01T00:00:00Z'))).toThrow('is not a time zone')
  })
})

describe('nextRuns', () => {
  it('follows the zone through the end of daylight saving', () => {
    const runs = nextRuns('0 2 * * *', 'Europe/Athens', at('2026-10-23T12:00:00Z'), 3)
    expect(runs.map((run) => run.toISOString())).toEqual([
      '2026-10-23T23:00:00.000Z',
      '2026-10-24T23:00:00.000Z',
      '2026-10-26T00:00:00.000Z',
    ])
  })

  it('runs once on the day whose hour is skipped', () => {
    const runs = nextRuns('30 2 * * *', 'America/New_York', at('2026-03-07T12:00:00Z'), 2)
    expect(runs).toHaveLength(2)
    expect(runs[0]?.toISOString().slice(0, 10)).toBe('2026-03-08')
    expect(runs[1]?.toISOString()).toBe('2026-03-09T06:30:00.000Z')
  })

  it('refuses a date that never comes', () => {
    expect(() => nextRuns('0 0 30 2 *', 'UTC', at('2026-01-01T00:00:00Z'), 5)).toThrow('never comes')
  })
})

describe('dueRuns', () => {
  it('counts what lies after the cursor up to and including now', () => {
    const due = dueRuns('0 * * * *', 'UTC', at('2026-01-01T00:00:00Z'), at('2026-01-01T03:00:00Z'), 100)
    expect(due.runs.map((run) => run.getUTCHours())).toEqual([1, 2, 3])
    expect(due.omitted).toBe(0)
  })

  it('lists the newest and counts the rest after a long absence', () => {
    const due = dueRuns('* * * * *', 'UTC', at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z'), 10)
    expect(due.runs).toHaveLength(10)
    expect(due.omitted).toBe(1_430)
    expect(due.runs.at(-1)).toEqual(at('2026-01-02T00:00:00Z'))
  })
})

describe('planOccurrences', () => {
  const now = at('2026-01-01T12:00:00Z')
  const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

  it('starts what is due within the grace time', () => {
    expect(planOccurrences([minutesAgo(1)], now, 'once')).toEqual({
      start: [minutesAgo(1)],
      missed: [],
      catchUp: false,
    })
  })

  it('records every missed run and catches up once', () => {
    const due = [minutesAgo(180), minutesAgo(120), minutesAgo(60)]
    expect(planOccurrences(due, now, 'once')).toEqual({ start: [], missed: due, catchUp: true })
    expect(planOccurrences(due, now, 'skip')).toEqual({ start: [], missed: due, catchUp: false })
  })

  it('does not catch up when a run starts now anyway', () => {
    expect(planOccurrences([minutesAgo(60), now], now, 'once')).toEqual({
      start: [now],
      missed: [minutesAgo(60)],
      catchUp: false,
    })
  })
})
