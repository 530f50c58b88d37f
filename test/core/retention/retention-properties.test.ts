import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RetentionRules } from '@/lib/contracts/retention'
import { isShorterPolicy } from '@/lib/core/retention/is-shorter-policy'
import { planByAll } from '@/lib/core/retention/plan-by-all'
import { planCopies, type HistoryEntry } from '@/lib/core/retention/plan-copies'
import { planRetention } from '@/lib/core/retention/plan-retention'
import type { RetainedBackup } from '@/lib/core/retention/retained-backup'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = new Date('2026-11-21T03:00:00Z')
const numRuns = 3_000

/** Histories with gaps, bursts, failures, pins, chains of any shape and several servers. `ahead`: some from the future. */
const histories = (ahead = 0) =>
  fc
    .array(
      fc.record({
        ageHours: fc.oneof(fc.integer({ min: -ahead, max: 72 }), fc.integer({ min: -ahead, max: 20_000 })),
        good: fc.boolean(),
        pinned: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        storedBytes: fc.integer({ min: 0, max: 1_000 }),
        bases: fc.array(fc.nat(40), { maxLength: 2 }),
        identity: fc.constantFrom('15/1', '15/1', '16/2'),
        damagedAtSource: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      }),
      { maxLength: 40 },
    )
    .map((rows) => {
      // A base is older than what needs it.
      const sorted = rows.toSorted((a, b) => a.ageHours - b.ageHours)
      return sorted.map(({ ageHours, bases, ...rest }, index): RetainedBackup => {
        const older = bases.map((base) => index + 1 + base).filter((base) => base < sorted.length)
        return {
          ...rest,
          id: `b${index}`,
          startedAt: new Date(now.getTime() - ageHours * hourMs),
          dependsOn: [...new Set(older)].map((base) => `b${base}`),
        }
      })
    })
const few = (max: number) => fc.integer({ min: 0, max })
const gfs = fc.record({ hourly: few(30), daily: few(10), weekly: few(6), monthly: few(14), yearly: few(3) })
const rules = (withCap = true) =>
  fc.record({
    keepDays: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
    keepLast: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    gfs: fc.option(gfs, { nil: undefined }),
    timeZone: fc.constantFrom('UTC', 'Europe/Athens', 'America/New_York', 'Asia/Kolkata'),
    maxTotalBytes: withCap ? fc.option(fc.integer({ min: 1, max: 8_000 }), { nil: undefined }) : fc.constant(undefined),
    minimum: fc.integer({ min: 1, max: 6 }),
  })

const keptIds = (backups: RetainedBackup[], given: RetentionRules, at = now) =>
  new Set(
    planRetention(backups, given, at)
      .filter((decision) => decision.keep)
      .map((decision) => decision.id),
  )
const check = <Input>(property: fc.IProperty<Input>): void => fc.assert(property, { numRuns })

describe('whatever the history and the rules, retention', () => {
  it('keeps of whole backups what it would keep without those of a damaged source, and those no shorter (fault 95)', () => {
    check(
      fc.property(histories(), fc.array(rules(false), { minLength: 1, maxLength: 3 }), (backups, policies) => {
        const all = planByAll(backups, policies, now)
        const kept = new Set(all.filter(({ keep }) => keep).map(({ id }) => id))
        const whole = backups.filter(({ damagedAtSource }) => !damagedAtSource)
        const unmarked = backups.map((one) => ({ ...one, damagedAtSource: false }))
        for (const expected of [planByAll(whole, policies, now), planByAll(unmarked, policies, now)])
          expect(expected.filter(({ id, keep }) => keep && !kept.has(id))).toEqual([])
      }),
    )
  })

  it('keeps the last good one, the minimum of each server, and pinned ones, and gives a reason for each', () => {
    check(
      fc.property(histories(500), rules(), (backups, given) => {
        const decisions = planRetention(backups, given, now)
        const kept = keptIds(backups, given)
        expect(decisions.map((decision) => decision.id).sort()).toEqual(backups.map((backup) => backup.id).sort())
        expect(decisions.every((decision) => decision.reasons.every((reason) => reason.length > 0))).toBe(true)
        expect(decisions.every((decision) => decision.reasons.length > 0)).toBe(true)
        const good = backups.filter((one) => one.good && one.startedAt.getTime() <= now.getTime() + hourMs)
        for (const group of Map.groupBy(good, (one) => one.identity).values()) {
          const keptGood = group.filter((one) => kept.has(one.id)).length
          expect(keptGood).toBeGreaterThanOrEqual(Math.min(given.minimum, group.length))
        }
        const newest = good.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0]
        const newestAt = newest?.startedAt.getTime()
        expect(!newest || good.some((one) => one.startedAt.getTime() === newestAt && kept.has(one.id))).toBe(true)
        expect(backups.filter((one) => one.pinned).every((one) => kept.has(one.id))).toBe(true)
      }),
    )
  })

  it('never deletes what a kept one needs, however long the chain (fault 75) (fault 81)', () => {
    check(
      fc.property(histories(), rules(), (backups, given) => {
        const kept = keptIds(backups, given)
        for (const backup of backups) {
          if (!kept.has(backup.id)) continue
          for (const base of backup.dependsOn ?? []) expect(kept.has(base)).toBe(true)
        }
      }),
    )
  })

  it('finds nothing more to delete in what it left', () => {
    check(
      fc.property(histories(500), rules(), (backups, given) => {
        const kept = keptIds(backups, given)
        const left = backups.filter((backup) => kept.has(backup.id))
        expect([...keptIds(left, given)].sort()).toEqual([...kept].sort())
      }),
    )
  })

  it('deletes nothing because the clock jumped, ahead or back (fault 20)', () => {
    check(
      fc.property(histories(), rules(), fc.integer({ min: -20_000, max: 20_000 }), (backups, given, jumpHours) => {
        const before = keptIds(backups, given)
        const after = keptIds(backups, given, new Date(now.getTime() + jumpHours * hourMs))
        for (const id of before) expect(after.has(id)).toBe(true)
      }),
    )
  })

  it('deletes no legitimate backup within its days because others were added (fault 80, security 26)', () => {
    check(
      fc.property(histories(), histories(20_000), fc.integer({ min: 1, max: 400 }), (real, junk, keepDays) => {
        const given: RetentionRules = { keepDays, minimum: 1, timeZone: 'UTC' }
        const renamed = junk.map((one) => ({ ...one, id: `junk ${one.id}`, dependsOn: [] }))
        const after = keptIds([...real, ...renamed], given)
        for (const one of real) {
          const ageDays = (now.getTime() - one.startedAt.getTime()) / dayMs
          if (ageDays < keepDays) expect(after.has(one.id)).toBe(true)
        }
      }),
    )
  })

  it('never deletes more by a more generous policy', () => {
    check(
      fc.property(histories(), rules(false), rules(false), (backups, one, other) => {
        const [generous, strict] = isShorterPolicy(one, other) ? [one, other] : [other, one]
        if (isShorterPolicy(strict, generous)) return
        const kept = keptIds(backups, generous)
        for (const id of keptIds(backups, strict)) expect(kept.has(id)).toBe(true)
      }),
    )
    check(
      fc.property(histories(), rules(), fc.integer({ min: 0, max: 4_000 }), (backups, given, more) => {
        const larger = { ...given, maxTotalBytes: given.maxTotalBytes && given.maxTotalBytes + more }
        const kept = keptIds(backups, larger)
        for (const id of keptIds(backups, given)) expect(kept.has(id)).toBe(true)
      }),
    )
  })

  it('goes above a size only with what is protected', () => {
    check(
      fc.property(histories(), rules(), (backups, given) => {
        const kept = backups.filter((one) => keptIds(backups, given).has(one.id))
        const cap = given.maxTotalBytes
        const total = kept.reduce((sum, one) => sum + one.storedBytes, 0)
        if (cap === undefined || total <= cap || !backups.some((one) => one.good)) return
        const protectedOnly = keptIds(backups, { ...given, maxTotalBytes: 1 })
        expect(kept.every((one) => protectedOnly.has(one.id) || one.storedBytes === 0)).toBe(true)
      }),
    )
  })
})

const destinations = ['A', 'B', 'C']
const copied = histories().chain((backups) =>
  fc
    .array(fc.array(fc.constantFrom(...destinations, 'damaged A', 'damaged B'), { maxLength: 3 }), {
      minLength: backups.length,
      maxLength: backups.length,
    })
    .map((places) =>
      backups.map((backup, index): HistoryEntry => {
        const held = new Map((places[index] ?? []).map((place) => [place.slice(-1), !place.startsWith('damaged')]))
        return {
          id: backup.id,
          startedAt: backup.startedAt,
          sound: backup.good,
          pinned: backup.pinned,
          needsLog: backup.needsLog ?? false,
          busy: false,
          dependsOn: backup.dependsOn ?? [],
          identity: backup.identity ?? null,
          copies: [...held].map(([destinationId, stored]) => ({
            destinationId,
            stored,
            storedBytes: backup.storedBytes,
          })),
        }
      }),
    ),
)

describe('with copies in several destinations, retention', () => {
  it('keeps in every destination the last good copy it has (fault 33), and with it the last good backup (fault 74)', () => {
    check(
      fc.property(copied, rules(), fc.option(rules(), { nil: undefined }), (history, given, ofB) => {
        const ofDestination = new Map(ofB ? [['B', [ofB]]] : [])
        const plan = planCopies(history, { ofSource: [given], ofDestination }, now)
        for (const destinationId of destinations) {
          const goodHere = history.filter(
            (entry) => entry.sound && entry.copies.some((copy) => copy.destinationId === destinationId && copy.stored),
          )
          const keeps = (entry: HistoryEntry) =>
            plan
              .find((decision) => decision.id === entry.id)
              ?.copies.some((copy) => copy.destinationId === destinationId && copy.keep)
          expect(goodHere.length === 0 || goodHere.some(keeps)).toBe(true)
        }
      }),
    )
  })

  it('leaves for every kept copy whatever it needs, in some destination', () => {
    check(
      fc.property(copied, rules(), fc.option(rules(), { nil: undefined }), (history, given, ofB) => {
        const ofDestination = new Map(ofB ? [['B', [ofB]]] : [])
        const plan = new Map(planCopies(history, { ofSource: [given], ofDestination }, now).map((one) => [one.id, one]))
        const byId = new Map(history.map((entry) => [entry.id, entry]))
        for (const entry of history) {
          if (!plan.get(entry.id)?.copies.some((copy) => copy.keep)) continue
          for (const base of entry.dependsOn) {
            const had = byId.get(base)?.copies.filter((copy) => copy.stored) ?? []
            const has =
              plan
                .get(base)
                ?.copies.filter((copy) => copy.keep)
                .map((copy) => copy.destinationId) ?? []
            expect(had.length === 0 || had.some((copy) => has.includes(copy.destinationId))).toBe(true)
          }
        }
      }),
    )
  })

  it('deletes a backup only when every one of its copies goes', () => {
    check(
      fc.property(copied, rules(), (history, given) => {
        for (const decision of planCopies(history, { ofSource: [given], ofDestination: new Map() }, now)) {
          if (decision.copies.length === 0) continue
          expect(decision.keep).toBe(decision.copies.some((copy) => copy.keep))
        }
      }),
    )
  })

  it('keeps everything where nothing says what to keep', () => {
    check(
      fc.property(copied, (history) => {
        const plan = planCopies(history, { ofSource: [], ofDestination: new Map() }, now)
        expect(plan.every((decision) => decision.keep)).toBe(true)
      }),
    )
  })
})
