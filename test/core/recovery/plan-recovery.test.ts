import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planRecovery, type PlannedRecovery, type RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import { chainOf, commitsBefore, commitTime, leads, places, smallWorlds, timeOf } from './small-world'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 2, minute))
const one = '00000001'
const two = '0000000B'

const log: StoredLog = {
  bases: [
    { backupId: 'a', timeline: one, start: 10n, end: 12n, endedAt: at(12) },
    { backupId: 'b', timeline: one, start: 20n, end: 24n, endedAt: at(24) },
    { backupId: 'c', timeline: one, start: 50n, end: 54n, endedAt: at(54) },
  ],
  ranges: [
    { timeline: one, from: 5n, to: 30n, lastCommitAt: at(28), coveredUntil: at(30), endsBecause: 'the slot was lost' },
    { timeline: one, from: 40n, to: 70n, lastCommitAt: at(60), coveredUntil: at(90), endsBecause: null },
    { timeline: two, from: 64n, to: 100n, lastCommitAt: at(95), coveredUntil: null, endsBecause: null },
  ],
  histories: [{ timeline: two, ancestors: [{ timeline: one, fork: 66n }] }],
}

function planOf(planned: PlannedRecovery): RecoveryPlan {
  if (!('plan' in planned)) throw new Error(`refused: ${planned.refused.reason}`)
  return planned.plan
}
const plan = (target: Parameters<typeof planRecovery>[0]['target']) => planOf(planRecovery({ ...log, target }))
const refused = (target: Parameters<typeof planRecovery>[0]['target']) => {
  const planned = planRecovery({ ...log, target })
  return 'refused' in planned ? planned.refused : null
}

describe('the plan of a recovery', () => {
  it('takes the newest base that ends at or before the target, and the log from its start on', () => {
    expect(plan({ type: 'lsn', lsn: 80n })).toEqual({
      base: log.bases[2],
      timeline: two,
      history: log.histories[0],
      path: [
        { timeline: one, from: 50n, to: 66n },
        { timeline: two, from: 66n, to: 100n },
      ],
      reaches: { as: 'lsn', position: 80n, time: null },
      endIsTarget: true,
      settings: {
        recovery_target_timeline: '11',
        recovery_target_lsn: '0/50',
        recovery_target_inclusive: 'off',
      },
    })
    expect(plan({ type: 'lsn', lsn: 23n, timeline: one })).toMatchObject({ base: { backupId: 'a' } })
    expect(plan({ type: 'lsn', lsn: 24n, timeline: one, inclusive: true })).toMatchObject({
      base: { backupId: 'b' },
      settings: { recovery_target_timeline: '1', recovery_target_inclusive: 'on' },
    })
  })

  it('chooses the base of a time by the time of its end', () => {
    expect(plan({ type: 'time', time: at(23) })).toMatchObject({
      base: { backupId: 'a' },
      settings: { recovery_target_time: '2026-11-21 02:23:00.000+00' },
    })
    expect(plan({ type: 'time', time: at(24) })).toMatchObject({ base: { backupId: 'b' }, endIsTarget: false })
  })

  it('answers a time after the last commit of an idle server as the latest state, and says so (fault 89)', () => {
    const planned = plan({ type: 'time', time: at(70), timeline: one })
    expect(planned).toMatchObject({ base: { backupId: 'c' }, reaches: { as: 'latest', position: 70n, time: at(60) } })
    expect(planned.reaches.because).toContain('2026-11-21T03:00:00.000Z')
    expect(planned.settings).toEqual({ recovery_target_timeline: '1' })
    // Also where a gap follows: what is replayed ends there.
    expect(plan({ type: 'time', time: at(29) })).toMatchObject({ reaches: { as: 'latest', position: 30n } })
    expect(plan({ type: 'time', time: at(28) })).toMatchObject({ reaches: { as: 'latest', position: 30n } })
  })

  it('runs the end of what is stored as the latest state, since no record begins there', () => {
    expect(plan({ type: 'lsn', lsn: 100n })).toMatchObject({
      reaches: { as: 'latest', position: 100n },
      settings: { recovery_target_timeline: '11' },
    })
  })

  it('of the latest, of an immediate end, and of a transaction or restore point that was found', () => {
    expect(plan({ type: 'latest' })).toMatchObject({
      base: { backupId: 'c' },
      reaches: { position: 100n, time: at(95) },
    })
    expect(plan({ type: 'immediate' })).toMatchObject({
      base: { backupId: 'c' },
      reaches: { as: 'immediate', position: 54n, time: at(54) },
      settings: { recovery_target: 'immediate' },
    })
    expect(plan({ type: 'xid', xid: '741', found: { position: 26n, time: at(26) } })).toMatchObject({
      base: { backupId: 'b' },
      settings: { recovery_target_xid: '741', recovery_target_inclusive: 'on' },
    })
    expect(plan({ type: 'name', name: 'before', found: { position: 20n, time: at(20) } })).toMatchObject({
      base: { backupId: 'a' },
      reaches: { as: 'name', position: 20n, time: at(20) },
      settings: { recovery_target_name: 'before' },
    })
  })

  it.each([
    ['a place in a gap', { type: 'lsn', lsn: 35n }, 'gap', 30n, 54n],
    ['a place in log that follows a gap, without a base', { type: 'lsn', lsn: 45n }, 'gap', 30n, 54n],
    ['a time in a gap', { type: 'time', time: at(33) }, 'gap', 30n, 54n],
    ['a place before the end of the first base', { type: 'lsn', lsn: 11n }, 'before-base', undefined, 12n],
    ['a time before the end of the first base', { type: 'time', time: at(11) }, 'before-base', undefined, 12n],
    ['a place beyond what is stored', { type: 'lsn', lsn: 101n }, 'beyond-stored', 100n, undefined],
    ['a time beyond what is stored', { type: 'time', time: at(96) }, 'beyond-stored', 100n, undefined],
    ['a timeline without a path', { type: 'latest', timeline: '00000005' }, 'no-path', 70n, undefined],
    [
      'a place after the fork on the old timeline',
      { type: 'lsn', lsn: 71n, timeline: one },
      'beyond-stored',
      70n,
      undefined,
    ],
  ] as const)('refuses %s, with the nearest points (fault 61)', (_, target, reason, before, after) => {
    const refusal = refused(target)
    expect(refusal?.reason).toBe(reason)
    expect(refusal?.nearest[0]?.before?.position).toBe(before)
    expect(refusal?.nearest[0]?.after?.position).toBe(after)
  })

  it('refuses a transaction that was not found, and the latest state when no base leads to the newest log', () => {
    expect(refused({ type: 'xid', xid: '9', found: null })).toEqual({ reason: 'not-found', nearest: [] })
    const planned = planRecovery({ ...log, bases: log.bases.slice(0, 2), target: { type: 'latest', timeline: one } })
    expect(planned).toMatchObject({
      refused: { reason: 'gap', nearest: [{ before: { timeline: one, position: 30n, time: at(30) } }] },
    })
  })

  it('is there for every place that can be reached, from the newest base, and for no other (fault 61)', () => {
    fc.assert(
      fc.property(smallWorlds(4), fc.nat(3), fc.nat(32), (world, drawn, place) => {
        const index = drawn % world.branches.length
        const timeline = world.branches[index]?.name ?? ''
        const target = { type: 'lsn' as const, lsn: BigInt(place), timeline }
        const planned = planRecovery({ ...world, target })
        const usable = world.bases.filter((base) => leads(world, base, index, place))
        const isKnown = [...world.ranges, ...world.bases].some((each) => each.timeline === timeline)
        if (!isKnown) {
          expect(planned).toMatchObject({ refused: { reason: 'no-path' } })
          return
        }
        expect('plan' in planned).toBe(usable.length > 0)
        const isReachable = (at: number) => world.bases.some((base) => leads(world, base, index, at))
        if ('refused' in planned) {
          const own = planned.refused.reason === 'no-path' ? {} : (planned.refused.nearest[0] ?? {})
          if (planned.refused.reason === 'no-path') expect(places.some(isReachable)).toBe(false)
          const nearest = [
            places.findLast((at) => at < place && isReachable(at)),
            places.find((at) => at > place && isReachable(at)),
          ]
          const told = [own.before, own.after].map((point) => (point ? Number(point.position) : undefined))
          expect(told).toEqual(nearest)
          return
        }
        const { base, path } = planned.plan
        expect(usable).toContain(base)
        expect(usable.every(({ end }) => end <= base.end)).toBe(true)
        expect(path[0].from).toBe(base.start)
        path.forEach(({ to }, leg) => expect(path[leg + 1]?.from ?? to).toBe(to))
        const end = path.at(-1)?.to ?? 0n
        expect(end >= target.lsn && leads(world, base, index, Number(end))).toBe(true)
        const chain = chainOf(world.branches, index)
        for (const { timeline: name, from, to } of path)
          for (const at of places.filter((each) => from <= BigInt(each) && BigInt(each) < to)) {
            const [first] = chain
            const owner = chain.findLast(({ branch }) => branch.begin <= at) ?? first
            expect(owner?.branch.name).toBe(name)
          }
      }),
      { numRuns: 5_000 },
    )
  })

  it('of a time has all commits up to it and none after it, or stops at one that is stored (fault 89)', () => {
    fc.assert(
      fc.property(smallWorlds(4), fc.nat(3), fc.nat(32_000), (world, drawn, ms) => {
        const index = drawn % world.branches.length
        const time = new Date(timeOf(0).getTime() + ms)
        const timeline = world.branches[index]?.name ?? ''
        const planned = planRecovery({ ...world, target: { type: 'time', time, timeline } })
        if (!('plan' in planned)) return
        const { base, path, reaches, endIsTarget } = planned.plan
        expect(base.endedAt <= time).toBe(true)
        const end = Number(path.at(-1)?.to ?? 0n)
        const commits = commitsBefore(world, index, end).filter((at) => BigInt(at) >= base.end)
        const hasLater = commits.some((at) => commitTime(at) > time)
        if (hasLater) expect(reaches.as).toBe('time')
        else expect(endIsTarget).toBe(true)
        // What was committed up to the time and is not stored would be missing.
        const missing = commitsBefore(world, index, 33).filter((at) => at >= end && commitTime(at) <= time)
        expect(missing).toEqual([])
      }),
      { numRuns: 5_000 },
    )
  })

  it('is there for every time of an unforked log that something is known of', () => {
    fc.assert(
      fc.property(smallWorlds(1), fc.nat(32_000), (world, ms) => {
        const time = new Date(timeOf(0).getTime() + ms)
        const planned = planRecovery({ ...world, target: { type: 'time', time } })
        const isKnown = places.some((place) => {
          const reach = world.bases.some((base) => base.endedAt <= time && leads(world, base, 0, place))
          const hasCommit = place > 0 && world.hasCommit(0, place - 1) && commitTime(place - 1) >= time
          const isIdle = world.ranges.some(
            ({ to, from, coveredUntil }) => from < to && to === BigInt(place) && coveredUntil && coveredUntil >= time,
          )
          return reach && (hasCommit || isIdle)
        })
        expect('plan' in planned).toBe(isKnown)
      }),
      { numRuns: 5_000 },
    )
  })
})
