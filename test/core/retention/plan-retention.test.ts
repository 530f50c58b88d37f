import { describe, expect, it } from 'vitest'
import { retentionRulesSchema, type RetentionRulesInput } from '@/lib/contracts/retention'
import { planRetention } from '@/lib/core/retention/plan-retention'
import type { RetainedBackup } from '@/lib/core/retention/retained-backup'

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
const plan = (backups: RetainedBackup[], rules: RetentionRulesInput, at = now) =>
  planRetention(backups, retentionRulesSchema.parse(rules), at)
const kept = (backups: RetainedBackup[], rules: RetentionRulesInput, at = now) =>
  plan(backups, rules, at)
    .filter((decision) => decision.keep)
    .map((decision) => decision.id)
    .sort()
/** One a day, `0` today. */
const daily = (count: number, over: Partial<RetainedBackup> = {}) =>
  Array.from({ length: count }, (_, day) => backup(String(day), day, over))

describe('planRetention', () => {
  it('keeps backups within the days and deletes the older', () => {
    const backups = [backup('a', 0), backup('b', 29), backup('c', 30), backup('d', 31)]
    expect(kept(backups, { keepDays: 30 })).toEqual(['a', 'b'])
  })

  it('keeps the newest N good ones and does not count failures among them', () => {
    const backups = [backup('f', 0, { good: false }), backup('a', 1), backup('b', 2), backup('c', 3)]
    expect(kept(backups, { keepLast: 2 })).toEqual(['a', 'b', 'f'])
  })

  it('keeps what failed as a record for two weeks, or as long as the policy keeps days', () => {
    const backups = [backup('a', 0), backup('f', 13, { good: false }), backup('g', 20, { good: false })]
    expect(kept(backups, { keepLast: 1 })).toEqual(['a', 'f'])
    expect(kept(backups, { keepDays: 30 })).toEqual(['a', 'f', 'g'])
  })

  it('never deletes the last good backup though every new one fails for sixty days (fault 74)', () => {
    const failures = Array.from({ length: 60 }, (_, day) => backup(`f${day}`, day, { good: false }))
    for (const rules of [{ keepDays: 7 }, { keepLast: 1 }, { gfs: { daily: 1 } }, { maxTotalBytes: 1 }]) {
      expect(kept([...failures, backup('good', 61)], rules)).toContain('good')
    }
  })

  it('deletes nothing because the clock jumped a day ahead or back (fault 20)', () => {
    const backups = [backup('a', 0), backup('b', 6.5)]
    for (const jump of [-dayMs, dayMs, 400 * dayMs]) {
      expect(kept(backups, { keepDays: 7 }, new Date(now.getTime() + jump))).toEqual(['a', 'b'])
    }
  })

  it('lets a backup from the future neither count nor push out the real ones (fault 80)', () => {
    const backups = [backup('future', -300), backup('a', 0), backup('b', 1)]
    expect(kept(backups, { keepDays: 7, keepLast: 1 })).toEqual(['a', 'b', 'future'])
    expect(kept(backups, { keepLast: 1 })).toEqual(['a', 'future'])
    expect(kept(backups, { maxTotalBytes: 1 })).toEqual(['a', 'b', 'future'])
  })

  it('keeps legitimate backups by days however many junk ones are added (fault 80, security 26)', () => {
    const junk = Array.from({ length: 500 }, (_, minute) => backup(`junk${minute}`, minute / 1_440))
    const real = [backup('r1', 1), backup('r5', 5), backup('r9', 9)]
    const counted = kept([...junk, ...real], { keepLast: 7, gfs: { daily: 2 } })
    expect(counted).not.toContain('r5')
    expect(kept([...junk, ...real], { keepLast: 7, keepDays: 7 })).toEqual(expect.arrayContaining(['r1', 'r5']))
  })

  it('keeps pinned backups and holds the minimum', () => {
    const backups = [backup('a', 0), backup('b', 50), backup('c', 60), backup('p', 90, { pinned: true })]
    expect(kept(backups, { keepDays: 7, minimum: 2 })).toEqual(['a', 'b', 'p'])
  })

  it('keeps the newest good one of 7 days, 4 weeks and 12 months by default', () => {
    const backups = daily(500)
    const result = plan(backups, { gfs: {} }).filter((decision) => decision.keep)
    const ages = result.map((decision) => Number(decision.id))
    // 21 November 2026 is a Saturday: the weeks end on 15, 8 and 1 November, the months on their last days.
    expect(ages).toEqual([0, 1, 2, 3, 4, 5, 6, 13, 20, 21, 52, 82, 113, 144, 174, 205, 235, 266, 294, 325])
    expect(result[0]?.reasons).toEqual([
      'the last good backup',
      'newest of the day 2026-11-21 (daily 1 of 7)',
      'newest of the week from 2026-11-16 (weekly 1 of 4)',
      'newest of the month 2026-11 (monthly 1 of 12)',
      'number 1 of the minimum 1',
    ])
  })

  it('counts periods that have a backup, so that a rest of a year costs none', () => {
    const backups = [backup('new', 0), backup('old', 365), backup('older', 366)]
    expect(kept(backups, { gfs: { daily: 2, weekly: 0, monthly: 0 } })).toEqual(['new', 'old'])
  })

  it('begins its days where the time zone does', () => {
    // 22:30 and 23:30 UTC are two days in Athens (00:30 and 01:30 of the next), one in UTC.
    const at = (id: string, time: string) => backup(id, 0, { startedAt: new Date(`2026-11-19T${time}Z`) })
    const backups = [at('a', '23:30:00'), at('b', '21:30:00')]
    const gfs = { daily: 2, weekly: 0, monthly: 0 }
    expect(kept(backups, { gfs, timeZone: 'UTC' })).toEqual(['a'])
    expect(kept(backups, { gfs, timeZone: 'Europe/Athens' })).toEqual(['a', 'b'])
  })

  it('lets the oldest go above a size, but never the minimum, pinned ones, or what they need', () => {
    const backups = daily(10, { storedBytes: 100 })
    expect(kept(backups, { maxTotalBytes: 350 })).toEqual(['0', '1', '2'])
    expect(kept(backups, { maxTotalBytes: 350, minimum: 5 })).toEqual(['0', '1', '2', '3', '4'])
    const pinned = backups.map((one) => ({ ...one, pinned: one.id === '9' }))
    expect(kept(pinned, { maxTotalBytes: 350 })).toEqual(['0', '1', '9'])
    expect(plan(backups, { maxTotalBytes: 350 }).at(-1)?.reasons[0]).toMatch(/over the limit of 350 bytes/)
  })

  it('takes a whole chain when the size asks for its base, and leaves no half of one', () => {
    const chain = [
      backup('new', 0, { storedBytes: 100 }),
      backup('i2', 3, { storedBytes: 10, dependsOn: ['i1'] }),
      backup('i1', 4, { storedBytes: 10, dependsOn: ['base'] }),
      backup('base', 5, { storedBytes: 100 }),
    ]
    expect(kept(chain, { maxTotalBytes: 220 })).toEqual(['base', 'i1', 'i2', 'new'])
    expect(kept(chain, { maxTotalBytes: 219 })).toEqual(['new'])
  })

  it('does not delete the full that two incrementals above the minimum need (fault 75)', () => {
    const chain = [
      backup('i2', 0, { dependsOn: ['i1'] }),
      backup('i1', 1, { dependsOn: ['full'] }),
      backup('full', 2),
      backup('older', 3),
    ]
    expect(kept(chain, { keepLast: 2, minimum: 2 })).toEqual(['full', 'i1', 'i2'])
    const full = plan(chain, { keepLast: 2, minimum: 2 }).find((decision) => decision.id === 'full')
    expect(full?.reasons).toEqual(['needed to restore a backup that is kept'])
  })

  it('counts each server by itself after a major upgrade or a new system identifier (fault 79)', () => {
    const upgraded = daily(3, { identity: '16/2' })
    const before = Array.from({ length: 3 }, (_, index) => backup(`old${index}`, 10 + index, { identity: '15/1' }))
    expect(kept([...upgraded, ...before], { keepLast: 2 })).toEqual(['0', '1', 'old0', 'old1'])
    const last = plan([...upgraded, ...before], { keepDays: 1 }).find((decision) => decision.id === 'old0')
    expect(last?.reasons).toContain('the last good backup of its server (15/1)')
  })

  it('counts base backups and dumps of one server apart: neither takes the place of the other', () => {
    const dumps = daily(5, { identity: '15/1' })
    const bases = [8, 15].map((days) => backup(`base${days}`, days, { identity: '15/1', needsLog: true }))
    expect(kept([...dumps, ...bases], { keepLast: 1 })).toEqual(['0', 'base8'])
    const [, newestBase] = plan([...dumps, ...bases], { keepDays: 1 }).filter(({ id, keep }) => keep && id !== '1')
    expect(newestBase).toMatchObject({
      id: 'base8',
      reasons: expect.arrayContaining(['the last good backup of its kind']),
    })
  })

  it('says why for each', () => {
    const decisions = plan([backup('a', 0), backup('b', 40)], { keepDays: 30 })
    expect(decisions.map(({ id, reasons }) => [id, reasons.join('; ')])).toEqual([
      ['a', 'the last good backup; within 30 days of the newest good backup; number 1 of the minimum 1'],
      ['b', '40 days older than the newest good backup; the policy keeps 30 days'],
    ])
  })
})
