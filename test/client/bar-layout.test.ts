import { describe, expect, it } from 'vitest'
import type { LogGap, RecoveryWindow } from '@/lib/contracts/recovery/continuous'
import { layOutBar } from '@/components/recovery/bar-layout'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour)).toISOString()
const hour = (ms: number) => (ms - Date.UTC(2026, 10, 1)) / 3_600_000
const now = Date.parse(at(20))
const positions = { fromPosition: '0/1', toPosition: '0/2' }

const window = (from: number, to: number, timeline = '1'): RecoveryWindow => ({
  ...{ timeline, from: at(from), to: at(to), ...positions },
  ...{ backupIds: [], endsBecause: null },
})
const gap = (from: number | null, to: number | null, timeline = '1'): LogGap => ({
  ...{ timeline, from: from === null ? null : at(from), to: to === null ? null : at(to), ...positions },
  because: 'The slot was lost.',
})

/** `window 2-4 at 10+10`: hours, then place and width in percent. */
const drawn = (windows: RecoveryWindow[], gaps: LogGap[] = []) =>
  layOutBar({ windows, gaps }, now)?.rows.map(({ timeline, parts }) => [
    timeline,
    ...parts.map(
      ({ kind, from, to, left, width }) =>
        `${kind} ${hour(from)}-${hour(to)} at ${Math.round(left)}+${Math.round(width)}`,
    ),
  ])

describe('the bar of windows', () => {
  it.each<[string, RecoveryWindow[], LogGap[], unknown]>([
    ['is none where nothing is known', [], [], undefined],
    ['is none where a gap is all there is and nobody knows when', [], [gap(null, null)], undefined],
    ['begins with the first window', [window(10, 20)], [], [['1', 'window 10-20 at 0+100']]],
    [
      'goes on to now after a window has ended, and is empty there',
      [window(0, 10)],
      [],
      [['1', 'window 0-10 at 0+50']],
    ],
    [
      'shows what lies between windows as a gap only where there is one',
      [window(0, 5), window(15, 20)],
      [gap(5, 10)],
      [['1', 'window 0-5 at 0+25', 'gap 5-10 at 25+25', 'window 15-20 at 75+25']],
    ],
    [
      'leaves out a gap of which neither end is known, and lets one reach to the window before or after it',
      [window(0, 5), window(15, 20)],
      [gap(null, null), gap(null, 10), gap(10, null)],
      [['1', 'window 0-5 at 0+25', 'gap 5-10 at 25+25', 'gap 10-15 at 50+25', 'window 15-20 at 75+25']],
    ],
    [
      'has a row for each timeline',
      [window(0, 10), window(10, 20, '2')],
      [gap(10, 12)],
      [
        ['1', 'window 0-10 at 0+50', 'gap 10-12 at 50+10'],
        ['2', 'window 10-20 at 50+50'],
      ],
    ],
    [
      'shows a gap whose end nobody knows up to now',
      [window(0, 10)],
      [gap(10, null)],
      [['1', 'window 0-10 at 0+50', 'gap 10-20 at 50+50']],
    ],
    ['shows a window of one point', [window(20, 20)], [], [['1', 'window 20-20 at 0+0']]],
  ])('%s', (_, windows, gaps, expected) => {
    expect(drawn(windows, gaps)).toEqual(expected)
  })

  it('never draws a window further than it is proven, and reaches on where a server’s clock is ahead', () => {
    const layout = layOutBar({ windows: [window(0, 25)], gaps: [] }, now)
    expect(layout && hour(layout.to)).toBe(25)
    expect(layout?.rows[0]?.parts[0]).toMatchObject({ left: 0, width: 100 })
  })
})
