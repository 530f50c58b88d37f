import { describe, expect, it } from 'vitest'
import { retentionRulesSchema, type RetentionRulesInput } from '@/lib/contracts/retention'
import { assignIdentities } from '@/lib/core/retention/assign-identities'
import { calendarBuckets } from '@/lib/core/retention/calendar-buckets'
import { findDrops } from '@/lib/core/retention/find-drops'
import { horizonDays } from '@/lib/core/retention/horizon-days'
import { isShorterPolicy } from '@/lib/core/retention/is-shorter-policy'
import { isUnusual } from '@/lib/core/retention/is-unusual'
import { planByAll } from '@/lib/core/retention/plan-by-all'
import { planCopies, type HistoryEntry } from '@/lib/core/retention/plan-copies'
import { containers, items } from '../../helpers/measures'

const rules = (given: RetentionRulesInput) => retentionRulesSchema.parse(given)

describe('calendarBuckets', () => {
  it.each([
    ['2026-11-21T23:30:00Z', 'UTC', '2026-11-21', '2026-11-16', '2026-11', '2026'],
    ['2026-11-21T23:30:00Z', 'Europe/Athens', '2026-11-22', '2026-11-16', '2026-11', '2026'],
    ['2026-11-22T23:30:00Z', 'Europe/Athens', '2026-11-23', '2026-11-23', '2026-11', '2026'],
    ['2027-01-01T03:00:00Z', 'America/New_York', '2026-12-31', '2026-12-28', '2026-12', '2026'],
    ['2027-01-01T03:00:00Z', 'UTC', '2027-01-01', '2026-12-28', '2027-01', '2027'],
  ])('puts %s in %s into its day, week, month and year', (at, zone, daily, weekly, monthly, yearly) => {
    expect(calendarBuckets(new Date(at), zone)).toMatchObject({ daily, weekly, monthly, yearly })
  })

  it('tells the two hours apart that come at the end of summer time, and has none in the gap of spring', () => {
    const first = calendarBuckets(new Date('2026-10-25T00:30:00Z'), 'Europe/Athens').hourly
    const second = calendarBuckets(new Date('2026-10-25T01:30:00Z'), 'Europe/Athens').hourly
    expect(first.slice(0, 13)).toBe(second.slice(0, 13))
    expect(first).not.toBe(second)
    const hours = ['00:30', '01:30'].map(
      (time) => calendarBuckets(new Date(`2026-03-29T${time}:00Z`), 'Europe/Athens').hourly,
    )
    expect(hours.map((hour) => hour.slice(11, 13))).toEqual(['02', '04'])
  })
})

describe('planCopies', () => {
  const entry = (id: string, ageDays: number, places: string[], over: Partial<HistoryEntry> = {}): HistoryEntry => ({
    id,
    startedAt: new Date(Date.parse('2026-11-21T03:00:00Z') - ageDays * 86_400_000),
    sound: true,
    pinned: false,
    busy: false,
    needsLog: false,
    dependsOn: [],
    identity: null,
    copies: places.map((destinationId) => ({ destinationId, stored: true, storedBytes: 1 })),
    ...over,
  })
  const now = new Date('2026-11-21T04:00:00Z')
  const kept = (history: HistoryEntry[], ofSource: RetentionRulesInput, ofB?: RetentionRulesInput) =>
    planCopies(
      history,
      { ofSource: [rules(ofSource)], ofDestination: new Map(ofB ? [['B', [rules(ofB)]]] : []) },
      now,
    ).map(
      (decision) =>
        `${decision.id} ${decision.copies
          .filter((copy) => copy.keep)
          .map((copy) => copy.destinationId)
          .join('')}`,
    )

  it('does not let what B never got count against what it has (fault 33)', () => {
    const history = [entry('4', 0, ['A']), entry('3', 1, ['A']), entry('2', 2, ['A', 'B']), entry('1', 3, ['A', 'B'])]
    expect(kept(history, { keepLast: 2 })).toEqual(['4 A', '3 A', '2 B', '1 B'])
  })

  it('keeps a backup whose copy in B goes by a longer policy', () => {
    const history = [entry('2', 0, ['A', 'B']), entry('1', 40, ['A', 'B'])]
    expect(kept(history, { keepDays: 30 })).toEqual(['2 AB', '1 '])
    expect(kept(history, { keepDays: 30 }, { keepDays: 90 })).toEqual(['2 AB', '1 B'])
  })

  it('keeps the base in A that only an incremental in B needs', () => {
    const history = [
      entry('new', 0, ['A']),
      entry('increment', 20, ['B'], { dependsOn: ['base'] }),
      entry('base', 21, ['A']),
    ]
    expect(kept(history, { keepDays: 7 })).toEqual(['new A', 'increment B', 'base A'])
  })

  it('leaves a backup alone while a copy of it is being made', () => {
    const history = [entry('2', 0, ['A']), entry('1', 40, ['A'], { busy: true })]
    const plan = planCopies(history, { ofSource: [rules({ keepDays: 7 })], ofDestination: new Map() }, now)
    expect(plan[1]).toMatchObject({ keep: true, reasons: ['a copy of it is being made'] })
  })

  it('keeps what one of several policies keeps', () => {
    const backups = [0, 3, 40, 100].map((days) => ({
      id: String(days),
      startedAt: entry('', days, []).startedAt,
      good: true,
      pinned: false,
      storedBytes: 1,
    }))
    const plan = planByAll(backups, [rules({ keepDays: 2 }), rules({ keepLast: 3 })], now)
    expect(plan.filter((one) => one.keep).map((one) => one.id)).toEqual(['0', '3', '40'])
    expect(plan[3]?.reasons).toEqual([
      '100 days older than the newest good backup; the policy keeps 2 days',
      '100 days older than the newest good backup; the policy keeps the newest 3',
    ])
  })
})

describe('findDrops', () => {
  const measured = (sourceBytes: number, rows?: number, tables?: number) => ({
    sourceBytes,
    measures: [
      ...(rows === undefined ? [] : [items('rows', rows)]),
      ...(tables === undefined ? [] : [containers('tables', tables)]),
    ],
  })
  const usual = Array.from({ length: 12 }, () => measured(1_000, 500, 20))

  it('finds a newest backup of a fifth of the size, rows or tables (fault 43)', () => {
    expect(findDrops(measured(200, 500, 20), usual, 0.5)).toEqual([
      { fact: 'size', unit: 'bytes', value: 200, usual: 1_000 },
    ])
    expect(findDrops(measured(1_000, 100, 20), usual, 0.5)).toEqual([
      { fact: 'rows', unit: 'count', value: 100, usual: 500 },
    ])
    expect(findDrops(measured(1_000, 500, 4), usual, 0.5)).toEqual([
      { fact: 'tables', unit: 'count', value: 4, usual: 20 },
    ])
    expect(findDrops(measured(200), [measured(1_000)], 0.5)).toHaveLength(1)
  })

  it('finds nothing in growth, in a smaller loss, in unknown numbers, or without anything before', () => {
    expect(findDrops(measured(9_000, 9_000, 90), usual, 0.5)).toEqual([])
    expect(findDrops(measured(600, 300, 11), usual, 0.5)).toEqual([])
    expect(findDrops(measured(1_000), usual, 0.5)).toEqual([])
    expect(findDrops(measured(0, 0, 0), [], 0.5)).toEqual([])
    expect(findDrops(measured(0, 0, 0), [measured(0, 0, 0)], 0.5)).toEqual([])
  })

  it('is not misled by one earlier backup that was wrong itself', () => {
    const spoiled = [measured(1), ...usual]
    expect(findDrops(measured(200), spoiled, 0.5)).toHaveLength(1)
  })

  it.each([
    ['keys', [items('keys', 90_000)], [items('keys', 40)], ['keys count 40 of 90000']],
    [
      'files and folders',
      [items('files', 500), containers('folders', 20)],
      [items('files', 100), containers('folders', 4)],
      ['files count 100 of 500', 'folders count 4 of 20'],
    ],
    [
      'files alone',
      [containers('folders', 20), items('files', 500)],
      [items('files', 100)],
      ['files count 100 of 500'],
    ],
    ['what was never counted before', [items('files', 500)], [items('keys', 1)], []],
    [
      'what was counted in another unit',
      [{ ...items('values', 500), unit: 'bytes' as const }],
      [items('values', 1)],
      [],
    ],
  ])('compares %s, by name and unit', (_, before, newest, expected) => {
    const history = Array.from({ length: 5 }, () => ({ sourceBytes: 1_000, measures: before }))
    const drops = findDrops({ sourceBytes: 1_000, measures: newest }, history, 0.5)
    expect(drops.map(({ fact, unit, value, usual: was }) => `${fact} ${unit} ${value} of ${was}`)).toEqual(expected)
  })
})

describe('isShorterPolicy', () => {
  it.each([
    [{ keepDays: 30 }, { keepDays: 3 }, true],
    [{ keepDays: 30 }, { keepDays: 31 }, false],
    [{ keepDays: 30 }, { keepDays: 30, keepLast: 5 }, false],
    [{ keepDays: 30, keepLast: 5 }, { keepDays: 30 }, true],
    [{ keepDays: 30, minimum: 3 }, { keepDays: 30, minimum: 1 }, true],
    [{ gfs: { daily: 7 } }, { gfs: { daily: 6 } }, true],
    [{ gfs: { daily: 7 } }, { gfs: { daily: 8 } }, false],
    [{ gfs: {} }, { keepDays: 365 }, true],
    [{ gfs: {} }, { gfs: {}, timeZone: 'Asia/Tokyo' }, true],
    [{ keepDays: 30 }, { keepDays: 30, maxTotalBytes: 1 }, true],
    [{ keepDays: 30, maxTotalBytes: 1 }, { keepDays: 30, maxTotalBytes: 2 }, false],
    [{ maxTotalBytes: 9 }, { maxTotalBytes: 9, keepDays: 9 }, true],
  ] satisfies [RetentionRulesInput, RetentionRulesInput, boolean][])(
    'says of %j to %j: %s',
    (before, after, shorter) => {
      expect(isShorterPolicy(rules(before), rules(after))).toBe(shorter)
    },
  )
})

it('takes the longest time that any rule may keep as the horizon, and none for numbers alone', () => {
  expect(horizonDays([rules({ keepDays: 30 })])).toBe(30)
  expect(horizonDays([rules({ keepDays: 7, gfs: { yearly: 2 } })])).toBe(732)
  expect(horizonDays([rules({ keepDays: 7 }), rules({ gfs: { daily: 0, weekly: 10, monthly: 0 } })])).toBe(70)
  expect(horizonDays([rules({ keepLast: 5 })])).toBeNull()
  expect(horizonDays([rules({ keepDays: 7 }), rules({ keepLast: 5 })])).toBeNull()
  expect(horizonDays([])).toBeNull()
})

it('calls a plan unusual that takes more than three backups and a quarter of them at once', () => {
  expect(isUnusual(3, 4)).toBe(false)
  expect(isUnusual(4, 31)).toBe(false)
  expect(isUnusual(10, 31)).toBe(true)
})

it('counts backups from before system identifiers with those of the same version (fault 79)', () => {
  const entry = (day: number, identity: string | null) => ({ startedAt: new Date(day * 86_400_000), identity })
  const assigned = assignIdentities([
    entry(1, '15'),
    entry(2, null),
    entry(3, '15'),
    entry(4, '15/7'),
    entry(5, '16/8'),
    entry(0, '14'),
  ])
  expect(assigned.map((one) => one.identity)).toEqual(['16/8', '15/7', '15/7', '15/7', '15/7', '14'])
})
