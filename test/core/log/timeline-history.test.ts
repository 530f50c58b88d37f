import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatLsn } from '@/lib/core/log/lsn'
import { legsFrom, legsOf, parseTimelineHistory } from '@/lib/core/log/timeline-history'
import { timelineText } from '@/lib/core/log/wal-name'

describe('the history of a timeline', () => {
  it('is read as a server writes it, with numbers in decimal and skipped ones (fault 91)', () => {
    const content = [
      '1\t0/3000148\tno recovery target specified',
      '',
      '# by hand',
      '9\t0/5000000\tbefore 2026-11-21 02:00:00+00',
      '  ',
      '12\t1/A0000060\tat restore point "a\tb"',
    ].join('\n')
    expect(parseTimelineHistory('00000010', content)).toEqual({
      timeline: '00000010',
      ancestors: [
        { timeline: '00000001', fork: 0x3000148n },
        { timeline: '00000009', fork: 0x5000000n },
        { timeline: '0000000C', fork: 0x1_a0000060n },
      ],
    })
  })

  it('has no ancestors on the first timeline', () => {
    expect(parseTimelineHistory('00000001', '')).toEqual({ timeline: '00000001', ancestors: [] })
    expect(legsOf({ timeline: '00000001', ancestors: [] })).toEqual([{ timeline: '00000001', from: 0n, to: null }])
  })

  it.each([
    ['a place that is none', '1\t0/3000148x\tno'],
    ['no place', '1\n'],
    ['words', 'no recovery target specified'],
    ['a number in hexadecimal', 'A\t0/3000148\tno'],
    ['itself as an ancestor', '16\t0/3000148\tno'],
    ['a later timeline as an ancestor', '17\t0/3000148\tno'],
    ['timeline 0', '0\t0/3000148\tno'],
    ['the same timeline twice', '1\t0/3000148\tno\n1\t0/4000000\tno'],
    ['an order that goes back', '3\t0/3000148\tno\n2\t0/4000000\tno'],
    ['bytes of something else', '\u0000\u0001\u0002'],
  ])('refuses %s', (_, content) => {
    expect(() => parseTimelineHistory('00000010', content)).toThrow(SyntaxError)
  })

  it('has nothing of a timeline that was left before it began, as PostgreSQL 15 writes it', () => {
    // Recovered along timeline 2, which began at 0/6B0A7D8, to a place before that.
    const content = '1\t0/6B0A7D8\tno recovery target specified\n\n2\t0/5608620\tbefore LSN 0/5608620\n'
    expect(legsOf(parseTimelineHistory('00000003', content))).toEqual([
      { timeline: '00000001', from: 0n, to: 0x5608620n },
      { timeline: '00000002', from: 0x5608620n, to: 0x5608620n },
      { timeline: '00000003', from: 0x5608620n, to: null },
    ])
  })

  it('says the way from an ancestor', () => {
    const history = parseTimelineHistory('0000000C', '1\t0/100\tno\n5\t0/200\tno\n')
    expect(legsFrom(history, '00000005')).toEqual([
      { timeline: '00000005', from: 0x100n, to: 0x200n },
      { timeline: '0000000C', from: 0x200n, to: null },
    ])
    expect(legsFrom(history, '0000000C')).toEqual([{ timeline: '0000000C', from: 0x200n, to: null }])
    expect(legsFrom(history, '00000002')).toBeNull()
  })

  /** As a server writes it. */
  const written = (ancestors: { timeline: string; fork: bigint }[]) =>
    ancestors.map(({ timeline, fork }) => `${Number.parseInt(timeline, 16)}\t${formatLsn(fork)}\twhy\n`).join('\n')

  it('comes back from what is written of it, and its way has no holes', () => {
    const histories = fc
      .array(fc.record({ skip: fc.integer({ min: 1, max: 20 }), step: fc.bigInt({ min: 0n, max: 2n ** 40n }) }), {
        minLength: 1,
        maxLength: 12,
      })
      .map((steps) => {
        let [number, place] = [0, 0n]
        const ancestors = steps.map(({ skip, step }) => {
          number += skip
          place += step
          return { timeline: timelineText(number), fork: place }
        })
        return { timeline: timelineText(number + 7), ancestors }
      })
    fc.assert(
      fc.property(histories, (history) => {
        expect(parseTimelineHistory(history.timeline, written(history.ancestors))).toEqual(history)
        const legs = legsOf(history)
        expect(legs.map(({ timeline }) => timeline).at(-1)).toBe(history.timeline)
        legs.forEach(({ to }, at) => expect(to).toBe(legs[at + 1]?.from ?? null))
      }),
    )
  })
})
