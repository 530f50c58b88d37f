import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecoveryBase, StoredRange } from '@/lib/core/recovery/stored-log'
import { windowsOf } from '@/lib/core/recovery/windows'
import { chainOf, leads, places, smallWorlds } from './small-world'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 2, minute))
const one = '00000001'
const two = '00000002'

function base(backupId: string, start: number, end: number, timeline = one): RecoveryBase {
  return { backupId, timeline, start: BigInt(start), end: BigInt(end), endedAt: at(end) }
}

function range(from: number, to: number, more: Partial<StoredRange> = {}): StoredRange {
  return {
    timeline: one,
    from: BigInt(from),
    to: BigInt(to),
    lastCommitAt: at(to),
    coveredUntil: null,
    endsBecause: null,
    ...more,
  }
}

describe('recovery windows', () => {
  it('begin at the end of the first base backup, and reach to what is stored', () => {
    expect(
      windowsOf({ bases: [base('a', 2, 4)], ranges: [range(0, 10, { coveredUntil: at(30) })], histories: [] }),
    ).toEqual({
      windows: [
        {
          timeline: one,
          from: 4n,
          to: 10n,
          fromTime: at(4),
          toTime: at(30),
          baseIds: ['a'],
          endsBecause: null,
        },
      ],
      gaps: [],
    })
  })

  it('are two where a segment is missing in the middle, and say why (fault 47)', () => {
    const { windows, gaps } = windowsOf({
      bases: [base('a', 1, 2), base('b', 21, 24)],
      ranges: [range(20, 40), range(0, 10, { endsBecause: 'the slot was dropped' })],
      histories: [],
    })
    expect(windows).toMatchObject([
      { from: 2n, to: 10n, baseIds: ['a'], endsBecause: 'the slot was dropped' },
      { from: 24n, to: 40n, baseIds: ['b'] },
    ])
    expect(gaps).toEqual([
      {
        timeline: one,
        from: 10n,
        to: 20n,
        fromTime: at(10),
        toTime: at(24),
        because: 'the slot was dropped',
      },
    ])
  })

  it('need the log from the start of a base backup on, not only from its end', () => {
    const { windows } = windowsOf({ bases: [base('a', 2, 6)], ranges: [range(3, 10)], histories: [] })
    expect(windows).toEqual([])
  })

  it('go on over a failover, from the fork on (fault 58)', () => {
    const { windows, gaps } = windowsOf({
      bases: [base('a', 1, 2)],
      // The old primary wrote on; the new one's first segment begins before the fork.
      ranges: [range(0, 10), range(10, 14), range(8, 20, { timeline: two })],
      histories: [{ timeline: two, ancestors: [{ timeline: one, fork: 10n }] }],
    })
    expect(windows).toMatchObject([
      { timeline: one, from: 2n, to: 14n, fromTime: at(2), toTime: at(14) },
      { timeline: two, from: 10n, to: 20n, fromTime: at(10), toTime: at(20), baseIds: ['a'] },
    ])
    expect(gaps).toEqual([])
  })

  it('do not lead over a fork from a base backup that ended after it', () => {
    const { windows } = windowsOf({
      bases: [base('a', 9, 12)],
      ranges: [range(0, 14), range(8, 20, { timeline: two })],
      histories: [{ timeline: two, ancestors: [{ timeline: one, fork: 10n }] }],
    })
    expect(windows.map(({ timeline }) => timeline)).toEqual([one])
  })

  it('name a gap that reaches over a fork once, where it begins', () => {
    const { windows, gaps } = windowsOf({
      bases: [base('a', 1, 2)],
      ranges: [range(0, 8), range(12, 20, { timeline: two, lastCommitAt: null })],
      histories: [
        { timeline: two, ancestors: [{ timeline: one, fork: 10n }] },
        {
          timeline: '00000007',
          ancestors: [
            { timeline: one, fork: 10n },
            { timeline: two, fork: 16n },
          ],
        },
      ],
    })
    expect(windows).toMatchObject([{ timeline: one, to: 8n }])
    expect(gaps).toMatchObject([{ timeline: one, from: 8n, to: 12n, fromTime: at(8), toTime: null }])
  })

  it('have every place that can be reached, and no other one', () => {
    fc.assert(
      fc.property(smallWorlds(4), (world) => {
        const { windows } = windowsOf(world)
        world.branches.forEach(({ name, begin }, index) => {
          const own = windows.filter(({ timeline }) => timeline === name)
          const shown = places.filter(
            (p) => p > begin && own.some(({ from, to }) => from <= BigInt(p) && BigInt(p) <= to),
          )
          const reachable = places.filter((p) => p > begin && world.bases.some((each) => leads(world, each, index, p)))
          expect(shown).toEqual(reachable)
          own.forEach((window, number) => {
            expect(window.from <= window.to && window.fromTime <= window.toTime).toBe(true)
            expect(window.from >= BigInt(begin)).toBe(true)
            const next = own[number + 1]
            if (next) expect(next.from > window.to).toBe(true)
            const ids = world.bases.filter((each) => leads(world, each, index, Number(window.to)))
            expect(window.baseIds.toSorted()).toEqual(ids.map(({ backupId }) => backupId).sort())
          })
        })
      }),
      { numRuns: 3_000 },
    )
  })

  it('have gaps between them of which nothing is stored, and both sides are', () => {
    fc.assert(
      fc.property(smallWorlds(4), (world) => {
        for (const { timeline, from, to } of windowsOf(world).gaps) {
          const ways = world.branches
            .map((_, index) => chainOf(world.branches, index))
            .filter((chain) => chain.some(({ branch }) => branch.name === timeline))
          const stored = (place: number) => (chain: (typeof ways)[number]) =>
            chain.some(({ index, until }) => (until === null || place < until) && world.isStored(index, place))
          const isGap = ways.some((chain) => {
            const inside = places.filter((place) => from <= BigInt(place) && BigInt(place) < to)
            const isOn = (place: number) => stored(place)(chain)
            return isOn(Number(from) - 1) && isOn(Number(to)) && inside.length > 0 && !inside.some(isOn)
          })
          expect(isGap).toBe(true)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('are found among a hundred thousand stretches', () => {
    const ranges = Array.from({ length: 100_000 }, (_, index) => range(index * 3, index * 3 + 2))
    const bases = Array.from({ length: 1_000 }, (_, index) => base(`b${index}`, index * 300, index * 300 + 1))
    const { windows, gaps } = windowsOf({ bases, ranges: ranges.toReversed(), histories: [] })
    expect([windows.length, gaps.length]).toEqual([1_000, 99_999])
  })
})
