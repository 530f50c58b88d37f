import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planRetention, type RetainedBackup } from '@/lib/core/retention/plan-retention'

const dayMs = 86_400_000
const now = new Date('2026-11-21T03:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs)
const backup = (id: string, days: number, over: Partial<RetainedBackup> = {}): RetainedBackup => ({
  id,
  startedAt: daysAgo(days),
  good: true,
  pinned: false,
  storedBytes: 1,
  ...over,
})
const kept = (backups: RetainedBackup[], rules: Parameters<typeof planRetention>[1], at = now) =>
  planRetention(backups, rules, at)
    .filter((decision) => decision.keep)
    .map((decision) => decision.id)
    .sort()

describe('planRetention', () => {
  it('keeps backups within the days and deletes the older', () => {
    const backups = [backup('a', 0), backup('b', 29), backup('c', 30), backup('d', 31)]
    expect(kept(backups, { keepDays: 30, minimum: 1 })).toEqual(['a', 'b'])
  })

  it('keeps the newest N good ones and does not count failures among them', () => {
    const backups = [backup('f', 0, { good: false }), backup('a', 1), backup('b', 2), backup('c', 3)]
    expect(kept(backups, { keepLast: 2, minimum: 1 })).toEqual(['a', 'b'])
  })

  it('never deletes the last good backup though every new one fails for sixty days (fault 74)', () => {
    const failures = Array.from({ length: 60 }, (_, day) => backup(`f${day}`, day, { good: false }))
    expect(kept([...failures, backup('good', 61)], { keepDays: 7, minimum: 1 })).toContain('good')
  })

  it('deletes nothing because the clock jumped a day ahead or back (fault 20)', () => {
    const backups = [backup('a', 0), backup('b', 6.5)]
    for (const jump of [-dayMs, dayMs, 400 * dayMs]) {
      expect(kept(backups, { keepDays: 7, minimum: 1 }, new Date(now.getTime() + jump))).toEqual(['a', 'b'])
    }
  })

  it('lets a backup from the future neither count nor push out the real ones (fault 80)', () => {
    const backups = [backup('future', -300), backup('a', 0), backup('b', 1)]
    expect(kept(backups, { keepDays: 7, keepLast: 1, minimum: 1 })).toEqual(['a', 'b', 'future'])
  })

  it('keeps pinned backups and holds the minimum', () => {
    const backups = [backup('a', 0), backup('b', 50), backup('c', 60), backup('p', 90, { pinned: true })]
    expect(kept(backups, { keepDays: 7, minimum: 2 })).toEqual(['a', 'b', 'p'])
  })

  it('says why for each', () => {
    const decisions = planRetention([backup('a', 0), backup('b', 40)], { keepDays: 30, minimum: 1 }, now)
    expect(decisions.map(({ id, reasons }) => [id, reasons.join('; ')])).toEqual([
      ['a', 'the last good backup; within 30 days of the newest good backup; number 1 of the minimum 1'],
      ['b', '40 days older than the newest good backup; the policy keeps 30 days'],
    ])
  })

  it('keeps the newest good one and the minimum whatever history and rules', () => {
    const arbitrary = fc.record({
      days: fc.array(
        fc.record({ age: fc.double({ min: -400, max: 400, noNaN: true }), good: fc.boolean(), pinned: fc.boolean() }),
        { maxLength: 40 },
      ),
      keepDays: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      keepLast: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
      minimum: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(arbitrary, ({ days, ...rules }) => {
        const backups = days.map((day, index) => backup(`b${index}`, day.age, day))
        const decisions = planRetention(backups, rules, now)
        const keptGood = decisions.filter(
          (decision) => decision.keep && backups.find((b) => b.id === decision.id)?.good,
        )
        const good = backups.filter((b) => b.good)
        expect(keptGood.length).toBeGreaterThanOrEqual(Math.min(rules.minimum, good.length))
        expect(decisions.every((decision) => decision.reasons.length > 0)).toBe(true)
        expect(backups.filter((b) => b.pinned).every((b) => decisions.find((d) => d.id === b.id)?.keep)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
