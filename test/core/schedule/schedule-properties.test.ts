import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { dueRuns } from '@/lib/core/schedule/due-runs'
import { jitterMs } from '@/lib/core/schedule/jitter'
import { nextOccurrences, nextRuns } from '@/lib/core/schedule/next-runs'
import { planTick, wasSetBack, type KnownOccurrence } from '@/lib/core/schedule/plan-tick'
import { fromWall, toWall } from '@/lib/core/schedule/wall-clock'
import { windowOpensAt } from '@/lib/core/schedule/work-window'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Zones whose clocks move by an hour, by half an hour (Lord Howe), at midnight (Beirut), in the south, or never. */
const zones = [
  'Europe/Athens',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'America/Santiago',
  'Asia/Kolkata',
  'UTC',
] as const
const zone = fc.constantFrom(...zones)
const minute = fc.oneof(fc.integer({ min: 0, max: 59 }).map(String), fc.constantFrom('*/15', '*/20', '0,30', '5'))
const hour = fc.oneof(fc.integer({ min: 0, max: 23 }).map(String), fc.constantFrom('*', '*/4', '1-3', '0,2', '*'))
const days = fc.constantFrom('* * *', '* * 0', '* * 1-5', '1 * *', '*/2 * *')
const cron = fc.tuple(minute, hour, days).map((parts) => parts.join(' '))

/** Moments near the changes of the clocks of 2026 as often as any other. */
const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-09-06', '2026-10-04', '2026-10-25', '2026-11-01']
const instant = fc
  .tuple(fc.constantFrom(...changes, '2026-01-15', '2026-07-01'), fc.integer({ min: -36 * 60, max: 60 * 60 }))
  .map(([day, minutes]) => new Date(Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs))

/** The values of a field of cron, found the plain way. */
function valuesOf(field: string, lowest: number, highest: number): Set<number> {
  const every = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index)
  const fits = (value: number) =>
    field.split(',').some((part) => {
      const [range = '', step] = part.split('/')
      const [low = lowest, high] = range === '*' ? [lowest, highest] : range.split('-').map(Number)
      return value >= low && value <= (high ?? low) && (value - low) % Number(step ?? 1) === 0
    })
  return new Set(every.filter(fits))
}

/** What an occurrence is, minute by minute: the sentence of the documentation, not the code. */
function plainly(expression: string, timeZone: string, after: Date, until: Date): Date[] {
  const [minuteField = '', hourField = '', dateField = '', , dayField = ''] = expression.split(' ')
  const minutes = valuesOf(minuteField, 0, 59)
  const hours = valuesOf(hourField, 0, 23)
  const dates = valuesOf(dateField, 1, 31)
  const weekdays = valuesOf(dayField, 0, 6)
  const fits = (wall: number) => {
    const at = new Date(wall)
    return (
      minutes.has(at.getUTCMinutes()) &&
      hours.has(at.getUTCHours()) &&
      dates.has(at.getUTCDate()) &&
      weekdays.has(at.getUTCDay())
    )
  }
  const found = new Set<number>()
  // Every minute that a clock on the wall shows or skips, with half a day to spare on both sides.
  const first = Math.floor(toWall(after.getTime() - dayMs / 2, timeZone) / minuteMs) * minuteMs
  const last = toWall(until.getTime() + dayMs / 2, timeZone)
  for (let wall = first; wall <= last; wall += minuteMs) {
    if (!fits(wall)) continue
    const { instants, shifted } = fromWall(wall, timeZone)
    const run = hourField === '*' ? instants : instants.slice(0, 1)
    for (const at of instants.length === 0 ? [shifted] : run) found.add(at)
  }
  return [...found]
    .filter((at) => at > after.getTime() && at <= until.getTime())
    .sort((a, b) => a - b)
    .map((at) => new Date(at))
}

// A second or two each on an idle machine; a busy one takes its time.
vi.setConfig({ testTimeout: 300_000 })

describe('occurrences', () => {
  it('are what the wall clock of the zone shows, in thousands of random looks around changes of the clocks', () => {
    fc.assert(
      fc.property(cron, zone, instant, fc.integer({ min: 1, max: 50 }), (expression, timeZone, after, hours) => {
        const until = new Date(after.getTime() + hours * hourMs)
        const { runs } = dueRuns(expression, timeZone, after, until, 10_000)
        expect(runs).toEqual(plainly(expression, timeZone, after, until))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are the same wherever one starts to look', () => {
    fc.assert(
      fc.property(
        cron,
        zone,
        instant,
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        (expression, timeZone, from, first, second) => {
          const middle = new Date(from.getTime() + first * minuteMs + 1_234)
          const until = new Date(middle.getTime() + second * minuteMs)
          const look = (after: Date, to: Date) => dueRuns(expression, timeZone, after, to, 100_000).runs
          expect([...look(from, middle), ...look(middle, until)]).toEqual(look(from, until))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('come in order and never twice', () => {
    fc.assert(
      fc.property(cron, zone, instant, (expression, timeZone, from) => {
        const runs = nextRuns(expression, timeZone, from, 30)
        for (const [index, run] of runs.entries()) {
          expect(run.getTime()).toBeGreaterThan((runs[index - 1] ?? from).getTime())
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('say what the change of the clocks does to them', () => {
    const effects = (expression: string, from: string, count: number) =>
      nextOccurrences(expression, 'Europe/Athens', new Date(from), count).map(({ at, effect }) => [
        at.toISOString(),
        effect,
      ])
    // 03:00 becomes 04:00 on 29 March; 04:00 becomes 03:00 on 25 October.
    expect(effects('30 3 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      ['2026-03-29T01:30:00.000Z', 'skipped'],
      ['2026-03-30T00:30:00.000Z', null],
    ])
    expect(effects('30 3 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      ['2026-10-25T00:30:00.000Z', 'twice-first'],
      ['2026-10-26T01:30:00.000Z', null],
    ])
    expect(effects('30 * * * *', '2026-10-24T23:59:00Z', 3)).toEqual([
      ['2026-10-25T00:30:00.000Z', null],
      ['2026-10-25T01:30:00.000Z', 'twice-again'],
      ['2026-10-25T02:30:00.000Z', null],
    ])
    expect(effects('0 * * * *', '2026-03-29T00:30:00Z', 2)).toEqual([
      ['2026-03-29T01:00:00.000Z', null],
      ['2026-03-29T02:00:00.000Z', null],
    ])
  })
})

/** The schedule's row and its jobs, as evaluateSchedule keeps them. */
function history(expression: string, timeZone: string, start: Date, catchUp: 'once' | 'skip') {
  let cursor = start
  const rows = new Map<number, { state: 'started' | 'missed'; starts: number }>()
  let omitted = 0
  const known = () =>
    new Map<number, KnownOccurrence>(
      [...rows].map(([at, row]) => [at, row.state === 'missed' && row.starts === 0 ? 'missed' : 'done']),
    )
  return {
    rows,
    omitted: () => omitted,
    cursor: () => cursor,
    tick(now: Date) {
      if (wasSetBack(cursor, now)) {
        cursor = now
        return
      }
      const due = dueRuns(expression, timeZone, cursor, now, 100)
      if (due.runs.length === 0) return
      cursor = now
      omitted += due.omitted
      const plan = planTick(due.runs, known(), now, catchUp)
      for (const at of plan.missed) {
        if (rows.has(at.getTime())) throw new Error('a second row for one occurrence')
        rows.set(at.getTime(), { state: 'missed', starts: 0 })
      }
      for (const at of plan.start) {
        if (rows.has(at.getTime())) throw new Error('an occurrence is started that has a row')
        rows.set(at.getTime(), { state: 'started', starts: 1 })
      }
      for (const at of plan.revive) {
        const row = rows.get(at.getTime())
        if (!row) throw new Error('an occurrence is revived that has no row')
        row.starts += 1
      }
    },
  }
}

const step = fc.oneof(
  // The usual tick.
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 90 }).map((seconds) => ({ passes: seconds * 1_000, jump: 0 })) },
  // Nobody ticked for a while.
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 30 * 60 }).map((minutes) => ({ passes: minutes * minuteMs, jump: 0 })),
  },
  // The clock jumps ahead or back, by minutes or by a day.
  {
    weight: 2,
    arbitrary: fc
      .oneof(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -1_500, max: 1_500 }))
      .map((minutes) => ({ passes: 1_000, jump: minutes * minuteMs })),
  },
)

describe('a schedule through thousands of random histories', () => {
  it('accounts for each occurrence: started once or recorded as missed, none lost, none twice (fault 20)', () => {
    fc.assert(
      fc.property(
        cron,
        zone,
        instant,
        fc.constantFrom<'once' | 'skip'>('once', 'skip'),
        fc.array(fc.tuple(step, fc.array(fc.integer({ min: 0, max: 130_000 }), { maxLength: 3 })), {
          minLength: 1,
          maxLength: 15,
        }),
        (expression, timeZone, start, catchUp, steps) => {
          const schedule = history(expression, timeZone, start, catchUp)
          let clock = start.getTime()
          let furthest = clock
          let earliest = clock
          for (const [{ passes, jump }, tickers] of steps) {
            clock += passes + jump
            furthest = Math.max(furthest, clock)
            schedule.tick(new Date(clock))
            // Other workers, which read the clock some time ago and come to this schedule only now.
            for (const lateMs of tickers) schedule.tick(new Date(clock - lateMs))
            earliest = Math.min(earliest, schedule.cursor().getTime())
          }
          // One more tick of a clock that goes on, so that nothing is under way.
          schedule.tick(new Date(Math.max(furthest, clock) + 1))
          for (const row of schedule.rows.values()) expect(row.starts).toBeLessThanOrEqual(1)
          const { runs } = dueRuns(expression, timeZone, start, new Date(furthest), 200_000)
          const unaccounted = runs.filter((run) => !schedule.rows.has(run.getTime()))
          expect(unaccounted.length).toBeLessThanOrEqual(schedule.omitted())
          if (schedule.omitted() === 0) expect(unaccounted).toEqual([])
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('starts each occurrence once when the clock only goes forward and someone ticks every minute', () => {
    fc.assert(
      fc.property(
        cron,
        zone,
        instant,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 60_000 })), {
          minLength: 10,
          maxLength: 25,
        }),
        (expression, timeZone, start, ticks) => {
          const schedule = history(expression, timeZone, start, 'once')
          let clock = start.getTime()
          for (const [passes, lateMs] of ticks) {
            clock += passes
            schedule.tick(new Date(clock))
            schedule.tick(new Date(clock - lateMs))
          }
          const { runs } = dueRuns(expression, timeZone, start, new Date(clock), 10_000)
          expect([...schedule.rows].sort(([a], [b]) => a - b)).toEqual(
            runs.map((run) => [run.getTime(), { state: 'started', starts: 1 }]),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('jitter', () => {
  it('is within its bound, the same for all who ask, and spread', () => {
    const dueAt = new Date('2026-05-01T02:00:00Z')
    const all = Array.from({ length: 2_000 }, (_, index) => jitterMs(`schedule-${index}`, dueAt, 600))
    expect(all).toEqual(Array.from({ length: 2_000 }, (_, index) => jitterMs(`schedule-${index}`, dueAt, 600)))
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...all)).toBeLessThanOrEqual(600_000)
    // Evenly: each tenth of the ten minutes gets its share.
    const tenths = Array.from({ length: 10 }, (_, tenth) => all.filter((ms) => Math.floor(ms / 60_000.1) === tenth))
    for (const tenth of tenths) expect(tenth.length).toBeGreaterThan(140)
    expect(jitterMs('schedule', dueAt, 0)).toBe(0)
  })
})

describe('a window', () => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '45'))
    .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${minutes}`)
  const workWindow = fc.record({
    from: clock,
    to: clock,
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 7 }),
  })
  const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

  /** By the clock on the wall and the day it belongs to. */
  function isOpen({ from, to, days }: { from: string; to: string; days: number[] }, timeZone: string, at: number) {
    const wall = new Date(toWall(at, timeZone))
    const now = wall.getUTCHours() * 60 + wall.getUTCMinutes()
    const [opens, closes] = [minutesOf(from), minutesOf(to)]
    const on = (day: number) => days.length === 0 || days.includes((day + 7) % 7)
    const today = wall.getUTCDay()
    if (closes > opens) return now >= opens && now < closes && on(today)
    return (now >= opens && on(today)) || (now < closes && on(today - 1))
  }

  it('lets work begin at the first minute that it is open, never before and never outside', () => {
    fc.assert(
      fc.property(
        workWindow,
        fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Athens'),
        instant,
        (rules, timeZone, at) => {
          const opens = windowOpensAt(rules, timeZone, at).getTime()
          expect(opens).toBeGreaterThanOrEqual(at.getTime())
          expect(opens - at.getTime()).toBeLessThanOrEqual(8 * dayMs)
          // Where clocks are moved, the window's edges are moved with them; there the plain rule above is not the rule.
          const moved = fromWall(toWall(opens, timeZone), timeZone).instants.length !== 1
          const near = toWall(opens + 3 * hourMs, timeZone) - toWall(opens - 3 * hourMs, timeZone) !== 6 * hourMs
          if (moved || near) return
          expect(isOpen(rules, timeZone, opens)).toBe(true)
          const waited = Math.min(opens - at.getTime(), dayMs)
          for (let ms = opens - waited; ms < opens; ms += 15 * minuteMs) {
            const crossing = toWall(ms + 3 * hourMs, timeZone) - toWall(ms - 3 * hourMs, timeZone) !== 6 * hourMs
            if (!crossing) expect(isOpen(rules, timeZone, ms)).toBe(false)
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('goes on past midnight and belongs to the day it opened on', () => {
    const weekend = { from: '22:00', to: '06:00', days: [6] }
    const opens = (iso: string) => windowOpensAt(weekend, 'UTC', new Date(iso)).toISOString()
    expect(opens('2026-05-03T05:59:00Z')).toBe('2026-05-03T05:59:00.000Z')
    expect(opens('2026-05-03T06:00:00Z')).toBe('2026-05-09T22:00:00.000Z')
    expect(opens('2026-05-02T12:00:00Z')).toBe('2026-05-02T22:00:00.000Z')
  })
})
