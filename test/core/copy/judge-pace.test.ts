import { describe, expect, it } from 'vitest'
import { judgePace, type PaceFacts } from '@/lib/core/copy/judge-pace'
import { tellSlow } from '@/lib/core/copy/tell-slow'

const s = 1_000
const minute = 60 * s
const hour = 60 * minute

/** Waits as `{ 'slow': ms, 'slow other': ms }`. */
const facts = (elapsedMs: number, waits: Record<string, number>, readShare: number | null = 0.1): PaceFacts => ({
  elapsedMs,
  waits: Object.entries(waits).map(([ids, ms]) => ({ destinationIds: ids.split(' '), ms })),
  readShare,
})

const two = ['fast', 'slow']
const three = ['fast', 'other', 'slow']

describe('a destination is detached', () => {
  it.each<[string, PaceFacts, string[], string[] | null]>([
    ['that holds the others back nearly all the time', facts(35 * s, { slow: 33 * s }), two, ['slow']],
    ['not before it did so for half a minute', facts(30 * s, { slow: 29 * s }), two, null],
    ['not for a stall of a minute in a backup of ten', facts(10 * minute, { slow: minute }), two, null],
    ['not when the backup takes twice as long with it', facts(10 * minute, { slow: 5 * minute }), two, null],
    ['when the backup takes three times as long with it', facts(9 * minute, { slow: 6 * minute }), two, ['slow']],
    ['late, when it became slow late', facts(3 * hour, { slow: 2 * hour - s }), two, null],
    ['at last, when it became slow late', facts(3 * hour, { slow: 2 * hour }), two, ['slow']],
    ['not when the backup is over in less than a minute anyhow', facts(2 * minute, { slow: 115 * s }, 0.7), two, null],
    ['when most is still to come', facts(2 * minute, { slow: 115 * s }, 0.5), two, ['slow']],
    ['before the first byte was counted', facts(35 * s, { slow: 33 * s }, 0), two, ['slow']],
    ['not at once where nobody knows how much is left', facts(40 * s, { slow: 39 * s }, null), two, null],
    ['after a minute where nobody knows how much is left', facts(62 * s, { slow: minute }, null), two, ['slow']],
    ['not when all wait for each other', facts(hour, { fast: 20 * minute, slow: 22 * minute }), two, null],
    ['not the last one', facts(hour, { slow: 59 * minute }), ['slow'], null],
    ['not without a wait', facts(hour, {}), two, null],
    ['alone of three', facts(minute, { slow: 50 * s }), three, ['slow']],
    [
      'with another one that is as slow',
      facts(2 * minute, { 'other slow': 90 * s, other: 10 * s, slow: 10 * s }),
      three,
      ['other', 'slow'],
    ],
    [
      'and the slower one first, when that is enough',
      facts(2 * minute, { 'other slow': 9 * s, slow: 100 * s }),
      three,
      ['slow'],
    ],
    [
      'with another one when the stream waits for them in turns',
      facts(2 * minute, { other: 55 * s, slow: 55 * s }),
      three,
      ['other', 'slow'],
    ],
  ])('%s', (_name, paced, live, expected) => {
    expect(judgePace(paced, live, new Set(live))?.destinationIds.toSorted() ?? null).toEqual(expected)
  })

  it('never while the stream would wait for one that is always waited for', () => {
    const paced = facts(hour, { 'other slow': 50 * minute, slow: 9 * minute })
    expect(judgePace(paced, three, new Set(['fast', 'slow']))).toBeNull()
    expect(judgePace(paced, three, new Set(three))).toEqual({
      destinationIds: ['other', 'slow'],
      heldMs: 59 * minute,
    })
  })

  it('never so that none is left, whatever the waits were', () => {
    const ids = ['a', 'b', 'c']
    const subsets = ['a', 'b', 'c', 'a b', 'a c', 'b c']
    for (let round = 0; round < 2_000; round += 1) {
      // Numbers that repeat: a seed of its own for each round.
      const part = (index: number) => ((round * 7_919 + index * 104_729) % 97) / 97
      const waits = Object.fromEntries(subsets.map((subset, index) => [subset, part(index) * hour]))
      const total = Object.values(waits).reduce((sum, ms) => sum + ms, 0)
      const detachable = new Set(ids.filter((_id, index) => part(index + 9) > 0.3))
      const slow = judgePace(facts(total * (1 + part(20)), waits, part(21)), ids, detachable)
      if (slow === null) continue
      expect(slow.destinationIds.length).toBeLessThan(ids.length)
      expect(slow.destinationIds.filter((id) => !detachable.has(id))).toEqual([])
    }
  })
})

it('the reason for detaching names both rates and how long the backup waited', () => {
  const failure = tellSlow({ destination: 'NAS', elapsedMs: 40_400, heldMs: 40_000, bytes: 22_000_000 })
  expect(failure.code).toBe('copy-behind')
  expect(failure.message).toContain('it takes 0.5 MB/s while the backup runs at 55 MB/s without it')
  expect(failure.message).toContain('after 40 s of holding the backup back')
  const slower = tellSlow({ destination: 'NAS', elapsedMs: 100_000, heldMs: 99_000, bytes: 1_200_000 })
  expect(slower.message).toContain('it takes 12.0 kB/s while the backup runs at 1.2 MB/s without it')
})
