import { describe, expect, it } from 'vitest'
import { destinationFindings, filledShare, type WatchedDestination } from '@/lib/core/health/destination-findings'
import { certificateFindings, tokenFindings } from '@/lib/core/health/expiry-findings'
import { incidentReasons } from '@/lib/core/health/incident-reasons'
import { monthlyCost } from '@/lib/core/health/monthly-cost'
import { silentAfterMs, silentWorkers, type WorkerFacts } from '@/lib/core/health/silent-workers'
import { sourceFindings, type WatchedSource } from '@/lib/core/health/source-findings'
import { span } from '@/lib/core/health/words'

const now = new Date('2026-11-21T12:00:00Z')
const hour = 3_600_000
const day = 24 * hour
const ago = (ms: number) => new Date(now.getTime() - ms)
const later = (ms: number) => new Date(now.getTime() + ms)

const source = (facts: Partial<WatchedSource> = {}): WatchedSource => ({
  id: 's',
  name: 'shop',
  createdAt: ago(30 * day),
  lastGoodAt: ago(hour),
  lastProvenAt: ago(hour),
  provenUpTo: ago(hour),
  isLogged: false,
  restoreDurationMs: 60_000,
  rpoObjectiveMs: null,
  rtoObjectiveMs: null,
  proof: null,
  copies: null,
  lacks: null,
  ...facts,
})
const events = (facts: Partial<WatchedSource>) => sourceFindings(source(facts), now).map((finding) => finding.event)

describe('a source', () => {
  it.each<[string, Partial<WatchedSource>, string[]]>([
    ['without objectives', {}, []],
    ['exactly at its objective', { rpoObjectiveMs: hour }, []],
    ['over its objective', { rpoObjectiveMs: hour - 1 }, ['exposure-over-objective']],
    [
      'without a good backup, still within its objective',
      { lastGoodAt: null, createdAt: ago(1), rpoObjectiveMs: hour },
      [],
    ],
    [
      'never backed up for longer than its objective',
      { lastGoodAt: null, rpoObjectiveMs: hour },
      ['exposure-over-objective'],
    ],
    [
      'within its objective by a backup that is not proven alone',
      { rpoObjectiveMs: 2 * hour, provenUpTo: ago(3 * hour) },
      ['exposure-over-objective'],
    ],
    ['restored in time', { rtoObjectiveMs: 60_000 }, []],
    ['restored too slowly', { rtoObjectiveMs: 59_999 }, ['restore-over-objective']],
    ['never restored', { rtoObjectiveMs: 1_000, restoreDurationMs: null }, []],
    ['proven in time', { proof: { validMs: 2 * hour, since: ago(day) } }, []],
    ['proven too long ago', { proof: { validMs: hour - 1, since: ago(day) } }, ['restore-test-overdue']],
    ['never proven, with a young schedule', { lastProvenAt: null, proof: { validMs: day, since: ago(hour) } }, []],
    [
      'never proven, with an old schedule',
      { lastProvenAt: null, proof: { validMs: day, since: ago(2 * day) } },
      ['restore-test-overdue'],
    ],
    [
      'proven long ago, with a young schedule',
      { lastProvenAt: ago(9 * day), proof: { validMs: day, since: ago(hour) } },
      [],
    ],
    ['with its copies', { copies: { met: true, message: '' } }, []],
    [
      'whose backups lack something',
      { lacks: { withheld: ['subscription audit'], warnings: [] } },
      ['backup-incomplete'],
    ],
    ['without its copies', { copies: { met: false, message: '1 of 2' } }, ['copies-missing']],
  ])('%s', (_, facts, expected) => {
    expect(events(facts)).toEqual(expected)
  })

  it('is a warning, not an emergency, while only the newest proven backup is over the objective', () => {
    const [found] = sourceFindings(source({ rpoObjectiveMs: 2 * hour, provenUpTo: ago(3 * hour) }), now)
    expect(found).toMatchObject({
      severity: 'warning',
      title: 'shop keeps its objective only with a backup that is not proven',
      body: 'Its newest good backup is from 2026-11-21 11:00 UTC, its newest proven one is from 2026-11-21 09:00 UTC; the objective is 2 hours.',
    })
    const [worse] = sourceFindings(source({ rpoObjectiveMs: 60_000, provenUpTo: ago(3 * hour) }), now)
    expect(worse).toMatchObject({ severity: 'critical' })
  })

  it('is reported in words that stay true while the cause lasts', () => {
    const at = (moment: Date) => sourceFindings(source({ rpoObjectiveMs: 60_000 }), moment)
    expect(at(later(5 * hour))).toEqual(at(now))
    expect(at(now)[0]?.body).toBe(
      'Its newest good backup is from 2026-11-21 11:00 UTC and proven; the objective is 1 minute.',
    )
  })
})

describe('a destination', () => {
  const destination = (facts: Partial<WatchedDestination> = {}): WatchedDestination => ({
    id: 'd',
    name: 'bucket',
    trouble: null,
    space: null,
    capacityBytes: null,
    monthlyBudget: null,
    stored: [],
    ...facts,
  })
  const limits = { nearlyFullShare: 0.9, currency: 'EUR', perGbMonth: { default: 1, STANDARD: 0.5, GLACIER: 0.1 } }
  const found = (facts: Partial<WatchedDestination>) =>
    destinationFindings(destination(facts), limits).map(({ event, severity }) => `${event} ${severity}`)
  const gb = (count: number) => count * 1e9
  const standard = (count: number) => [{ storageClass: 'STANDARD', bytes: gb(count) }]

  it.each<[string, Partial<WatchedDestination>, string[]]>([
    ['that answers', {}, []],
    ['that failed once', { trouble: { failedInARow: 1, message: 'refused' } }, []],
    ['that failed twice', { trouble: { failedInARow: 2, message: 'refused' } }, ['destination-unreachable critical']],
    ['below the share', { capacityBytes: gb(100), stored: standard(89) }, []],
    ['at the share', { capacityBytes: gb(100), stored: standard(90) }, ['destination-nearly-full warning']],
    ['full to the last byte', { capacityBytes: gb(100), stored: standard(100) }, ['destination-nearly-full critical']],
    ['over its limit', { capacityBytes: gb(100), stored: standard(101) }, ['destination-nearly-full critical']],
    ['whose store says that it has no size', { space: { freeBytes: 0, totalBytes: 0 } }, []],
    ['whose limit is nothing, which is none', { capacityBytes: 0, stored: standard(5) }, []],
    [
      'whose disk is full of other things',
      { space: { freeBytes: 5, totalBytes: 100 } },
      ['destination-nearly-full warning'],
    ],
    ['within its budget', { monthlyBudget: 5, stored: standard(10) }, []],
    ['over its budget', { monthlyBudget: 5, stored: standard(11) }, ['destination-over-budget warning']],
    [
      'that costs something with no budget at all',
      { monthlyBudget: 0, stored: standard(1) },
      ['destination-over-budget warning'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(found(facts)).toEqual(expected)
  })

  it('is as full as the fuller of what it says and what was set', () => {
    const facts = destination({ space: { freeBytes: 90, totalBytes: 100 }, capacityBytes: gb(10), stored: standard(5) })
    expect(filledShare(facts)).toMatchObject({ share: 0.5, ofBytes: gb(10) })
    const other = destination({ space: { freeBytes: 10, totalBytes: 100 }, capacityBytes: gb(10), stored: standard(5) })
    expect(filledShare(other)).toMatchObject({ share: 0.9, ofBytes: 100 })
    expect(filledShare(destination())).toBeNull()
  })

  it('costs what its classes cost; a class without a price takes the default', () => {
    const stored = [...standard(10), { storageClass: 'GLACIER', bytes: gb(100) }, { storageClass: 'NEW', bytes: gb(2) }]
    expect(monthlyCost(stored, limits.perGbMonth)).toBeCloseTo(17)
    expect(monthlyCost(standard(10), {})).toBe(0)
  })
})

describe('workers', () => {
  const worker = (id: string, facts: Partial<WorkerFacts> = {}): WorkerFacts => ({
    id,
    host: `host-${id}`,
    startedAt: ago(day),
    heartbeatAt: now,
    stoppedAt: null,
    ...facts,
  })
  const quiet = { heartbeatAt: ago(silentAfterMs) }
  const look = (workers: WorkerFacts[], waitingSince = ago(day)) => {
    const { none, silent, alive } = silentWorkers(workers, now, waitingSince)
    return { none, alive, silent: silent.map(({ id }) => id) }
  }

  it.each<[string, WorkerFacts[], ReturnType<typeof look>]>([
    ['one that lives', [worker('a')], { none: false, alive: 1, silent: [] }],
    [
      'one that paused shorter than the limit',
      [worker('a', { heartbeatAt: ago(silentAfterMs - 1) })],
      { none: false, alive: 1, silent: [] },
    ],
    ['the only one, silent', [worker('a', quiet)], { none: true, alive: 0, silent: [] }],
    [
      'the only one, stopped in order long ago',
      [worker('a', { ...quiet, stoppedAt: ago(hour) })],
      { none: true, alive: 0, silent: [] },
    ],
    ['the only one, stopped a moment ago', [worker('a', { stoppedAt: now })], { none: false, alive: 0, silent: [] }],
    ['one of two, silent', [worker('a'), worker('b', quiet)], { none: false, alive: 1, silent: ['b'] }],
    [
      'one of two, stopped in order',
      [worker('a'), worker('b', { ...quiet, stoppedAt: ago(hour) })],
      { none: false, alive: 1, silent: [] },
    ],
    [
      'one that was replaced',
      [worker('a', { startedAt: ago(1_000) }), worker('b', quiet)],
      { none: false, alive: 1, silent: [] },
    ],
    [
      'one that is long forgotten',
      [worker('a'), worker('b', { heartbeatAt: ago(8 * day), startedAt: ago(9 * day) })],
      { none: false, alive: 1, silent: [] },
    ],
    ['none that ever was', [], { none: true, alive: 0, silent: [] }],
  ])('%s', (_, workers, expected) => {
    expect(look(workers)).toEqual(expected)
  })

  it('are waited for after a start', () => {
    expect(look([], ago(1_000))).toMatchObject({ none: false })
    expect(look([worker('a', { heartbeatAt: ago(day) })], ago(1_000))).toMatchObject({ none: false })
  })
})

describe('what ends', () => {
  const token = (createdAt: Date, expiresAt: Date | null) =>
    tokenFindings({ name: 'ci', createdAt, expiresAt }, 14, now).map(({ title }) => title)

  it('is reported within the days that were set, and after it has ended', () => {
    expect(token(ago(80 * day), later(15 * day))).toEqual([])
    expect(token(ago(80 * day), later(14 * day))).toEqual(['The API token ci expires soon'])
    expect(token(ago(80 * day), ago(1))).toEqual(['The API token ci has expired'])
    expect(token(ago(80 * day), null)).toEqual([])
  })

  it('is not reported from its first day on when it was made for few days', () => {
    expect(token(ago(1), later(7 * day))).toEqual([])
    expect(token(ago(4 * day), later(3 * day))).toEqual(['The API token ci expires soon'])
  })

  it('is critical for a certificate once it has ended', () => {
    const severity = (validTo: Date) =>
      certificateFindings({ owner: 'the source shop', address: 'db:5432', validTo }, 21, now).map(
        (found) => found.severity,
      )
    expect(severity(later(22 * day))).toEqual([])
    expect(severity(later(20 * day))).toEqual(['warning'])
    expect(severity(ago(1))).toEqual(['critical'])
  })
})

describe('words', () => {
  it.each([
    [1_000, '1 second'],
    [1_500, '1.5 seconds'],
    [90_000, '90 seconds'],
    [120_000, '2 minutes'],
    [hour, '1 hour'],
    [90 * 60_000, '90 minutes'],
    [day, '1 day'],
    [2.5 * day, '2.5 days'],
  ])('%d ms are %s', (ms, words) => {
    expect(span(ms)).toBe(words)
  })

  it('of an open incident are the reason why health is not better', () => {
    const reasons = incidentReasons([
      { event: 'copies-missing', sourceId: 's', title: 'Few copies', body: 'One of two.' },
    ])
    expect(reasons).toEqual([
      { code: 'copies-missing', level: 'degraded', message: 'Few copies. One of two.', sourceId: 's' },
    ])
  })
})
