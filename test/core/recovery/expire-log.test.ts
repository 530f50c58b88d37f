import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expireLog } from '@/lib/core/recovery/expire-log'
import { chainOf, places, smallWorlds } from './small-world'

const one = '00000001'
const two = '00000002'
const three = '0000000C'
const kept = (start: number, end: number, timeline = one) => ({ timeline, start: BigInt(start), end: BigInt(end) })
const stored = (timeline: string, from: number) => ({ timeline, from: BigInt(from) })
const fork = { timeline: two, ancestors: [{ timeline: one, fork: 20n }] }

describe('log that no kept base backup needs', () => {
  it('lies before the start of the oldest one', () => {
    const input = { ranges: [stored(one, 0), stored(one, 8)], histories: [], currentTimeline: one }
    expect(expireLog({ ...input, kept: [kept(30, 33), kept(10, 12)] })).toEqual([{ timeline: one, before: 10n }])
    expect(expireLog({ ...input, kept: [kept(0, 3)] })).toEqual([])
  })

  it('is all of a timeline to which no kept base backup leads', () => {
    const input = { ranges: [stored(one, 0), stored(two, 18)], histories: [fork], currentTimeline: two }
    expect(expireLog({ ...input, kept: [kept(25, 28, two)] })).toEqual([
      { timeline: one, before: null },
      { timeline: two, before: 25n },
    ])
    // One that ended before the fork leads to both.
    expect(expireLog({ ...input, kept: [kept(25, 28, two), kept(15, 20)] })).toEqual([{ timeline: one, before: 15n }])
  })

  it('is none of the current timeline before a kept base backup leads to it', () => {
    const input = { ranges: [stored(one, 0), stored(two, 18)], histories: [fork], currentTimeline: two }
    expect(expireLog({ ...input, kept: [kept(18, 22)] })).toEqual([{ timeline: one, before: 18n }])
    expect(expireLog({ ...input, kept: [] })).toEqual([{ timeline: one, before: null }])
  })

  it('is none of the ancestor on which a base backup of a standby began', () => {
    const input = { ranges: [stored(one, 0), stored(two, 18)], histories: [fork], currentTimeline: two }
    expect(expireLog({ ...input, kept: [kept(16, 24, two)] })).toEqual([{ timeline: one, before: 16n }])
  })

  it('is none of a timeline in between whose own history is gone', () => {
    const ancestors = [...fork.ancestors, { timeline: two, fork: 30n }]
    expect(
      expireLog({
        kept: [kept(10, 12)],
        ranges: [stored(one, 10), stored(two, 18), stored(three, 28)],
        histories: [{ timeline: three, ancestors }],
        currentTimeline: three,
      }),
    ).toEqual([])
  })

  it('never is what a kept base backup, or a window from it until now, needs; and is all the rest', () => {
    fc.assert(
      fc.property(smallWorlds(4), fc.nat(3), (world, drawn) => {
        const { branches, bases, ranges, histories } = world
        const current = drawn % branches.length
        const currentTimeline = branches[current]?.name ?? ''
        const expired = expireLog({ kept: bases, ranges, histories, currentTimeline })
        const goes = (index: number, place: number) =>
          expired.some(
            ({ timeline, before }) => timeline === branches[index]?.name && (before === null || BigInt(place) < before),
          )
        const needed = new Set<string>()
        const led = new Set<number>()
        for (const base of bases) {
          branches.forEach((_, to) => {
            const chain = chainOf(branches, to)
            const at = chain.findIndex(({ branch }) => branch.name === base.timeline)
            const until = chain[at]?.until ?? null
            if (at < 0 || (until !== null && base.end > BigInt(until))) return
            led.add(to)
            for (const { index, until: left } of chain)
              for (const place of places)
                if (BigInt(place) >= base.start && (left === null || place < left)) needed.add(`${index} ${place}`)
          })
        }
        const onOwn = bases.every(({ timeline, start }) => {
          const branch = branches.find(({ name }) => name === timeline)
          return branch && start >= BigInt(branch.begin)
        })
        branches.forEach((_, index) => {
          for (const place of places.filter((each) => world.isStored(index, each))) {
            if (needed.has(`${index} ${place}`)) expect(goes(index, place)).toBe(false)
            else if (index === current && !led.has(index)) expect(goes(index, place)).toBe(false)
            else if (onOwn) expect(goes(index, place)).toBe(true)
          }
        })
      }),
      { numRuns: 5_000 },
    )
  })
})
