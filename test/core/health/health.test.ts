import { describe, expect, it } from 'vitest'
import { sourceHealth, worstHealth, type SourceFacts } from '@/lib/core/health/source-health'
import { overallVerdict } from '@/lib/core/verdict/overall-verdict'

const now = new Date('2026-11-21T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const good: SourceFacts = {
  sourceId: 's',
  name: 'shop',
  lastGoodAt: hoursAgo(10),
  lastRun: { status: 'succeeded', finishedAt: hoursAgo(10), message: null },
  latestVerified: 'proven',
  lastProvenAt: hoursAgo(48),
  provenUpTo: hoursAgo(10),
  isLogged: false,
  newer: { untested: 0, broken: 0, failed: 0, missed: 0 },
  proofValidMs: 60 * 86_400_000,
  hasBackupSchedule: true,
  rpoObjectiveMs: null,
  rtoObjectiveMs: null,
  restoreDurationMs: 1_000,
}
const codes = (facts: Partial<SourceFacts>) => {
  const { level, reasons } = sourceHealth({ ...good, ...facts }, now)
  return [level, ...reasons.map((reason) => reason.code)]
}

describe('sourceHealth', () => {
  it('is healthy without reasons only when backed up, proven and scheduled', () => {
    expect(codes({})).toEqual(['healthy'])
  })

  it.each<[string, Partial<SourceFacts>, string[]]>([
    [
      'nothing was ever taken',
      { lastGoodAt: null, lastRun: null, lastProvenAt: null, latestVerified: null },
      ['unhealthy', 'no-backup-yet'],
    ],
    [
      'every run failed',
      { lastGoodAt: null, lastRun: { status: 'failed', finishedAt: now, message: 'x' } },
      ['unhealthy', 'never-succeeded', 'last-run-not-good'],
    ],
    [
      'the last run was missed',
      { lastRun: { status: 'missed', finishedAt: now, message: null } },
      ['degraded', 'last-run-not-good'],
    ],
    [
      'a copy is missing',
      { lastRun: { status: 'partial', finishedAt: now, message: null } },
      ['degraded', 'copy-missing'],
    ],
    ['nothing was proven yet', { lastProvenAt: null, latestVerified: 'unproven' }, ['unknown', 'never-proven']],
    ['the proof is too old', { proofValidMs: 3_600_000 }, ['degraded', 'proof-too-old']],
    ['what was proven is gone', { provenUpTo: null }, ['unknown', 'none-proven']],
    [
      'one that is newer than the proven one is broken',
      { provenUpTo: hoursAgo(50), newer: { untested: 1, broken: 1, failed: 0, missed: 0 } },
      ['degraded', 'newer-broken'],
    ],
    [
      'the objective is kept only by a backup that is not proven',
      { provenUpTo: hoursAgo(50), rpoObjectiveMs: 20 * 3_600_000 },
      ['degraded', 'proven-exposure-over-objective'],
    ],
    ['the latest is broken', { latestVerified: 'broken' }, ['unhealthy', 'latest-broken']],
    ['the exposure is over its objective', { rpoObjectiveMs: 3_600_000 }, ['unhealthy', 'exposure-over-objective']],
    ['restoring takes too long', { rtoObjectiveMs: 500 }, ['degraded', 'restore-over-objective']],
    ['nothing is scheduled', { hasBackupSchedule: false }, ['degraded', 'no-schedule']],
  ])('says so when %s', (_, facts, expected) => {
    expect(codes(facts)).toEqual(expected)
  })

  it('never takes the unknown for green', () => {
    expect(worstHealth(['healthy', 'unknown', 'healthy'])).toBe('unknown')
    expect(worstHealth(['unknown', 'degraded'])).toBe('degraded')
  })
})

describe('overallVerdict', () => {
  it('is passed only when every check passed and there was one', () => {
    expect(overallVerdict([])).toBe('inconclusive')
    expect(overallVerdict([{ name: 'a', verdict: 'passed' }])).toBe('passed')
    expect(
      overallVerdict([
        { name: 'a', verdict: 'passed' },
        { name: 'b', verdict: 'inconclusive' },
      ]),
    ).toBe('inconclusive')
    expect(
      overallVerdict([
        { name: 'a', verdict: 'inconclusive' },
        { name: 'b', verdict: 'failed' },
      ]),
    ).toBe('failed')
  })
})
