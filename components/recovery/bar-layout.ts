import type { LogGap, RecoveryWindow } from '@/lib/contracts/recovery/continuous'

/** A stretch of the bar; times in ms, place and width in percent of it. */
interface Stretch {
  from: number
  to: number
  left: number
  width: number
}
export type BarPart = Stretch & ({ kind: 'window'; of: RecoveryWindow } | { kind: 'gap'; of: LogGap })

export interface BarRow {
  timeline: string
  parts: BarPart[]
}

/** From `from` to `to`, in ms; one row a timeline. */
export interface BarLayout {
  from: number
  to: number
  rows: BarRow[]
}

interface Drawn {
  windows: readonly RecoveryWindow[]
  gaps: readonly LogGap[]
}

/**
 * Where windows and gaps stand on a bar from the first known time to now. A window is drawn exactly as far as it is proven. An end
 * of a gap that nobody knows is its neighbour's, or the bar's; a gap of which neither is known stands nowhere. Null: there is
 * nothing to draw.
 */
export function layOutBar({ windows, gaps }: Drawn, now: number): BarLayout | null {
  const times = [...windows, ...gaps]
    .flatMap(({ from, to }) => [from, to])
    .flatMap((at) => (at === null ? [] : [ms(at)]))
  if (times.length === 0) return null
  const from = Math.min(...times)
  const to = Math.max(now, ...times)
  const place = (start: number, end: number): Stretch => {
    const length = Math.max(to - from, 1)
    return {
      from: start,
      to: end,
      left: ((start - from) / length) * 100,
      width: (Math.max(end - start, 0) / length) * 100,
    }
  }
  const timelines = [...new Set([...windows, ...gaps].map(({ timeline }) => timeline))]
  const rows = timelines.map((timeline): BarRow => {
    const own = windows.filter((window) => window.timeline === timeline)
    const parts = [
      ...own.map((of): BarPart => ({ kind: 'window', of, ...place(ms(of.from), ms(of.to)) })),
      ...gaps
        .filter((gap) => gap.timeline === timeline && (gap.from ?? gap.to) !== null)
        .map((of): BarPart => ({ kind: 'gap', of, ...place(...endsOf(of, own, { from, to })) })),
    ]
    return { timeline, parts: parts.toSorted((one, other) => one.from - other.from) }
  })
  return { from, to, rows }
}

function endsOf(gap: LogGap, windows: readonly RecoveryWindow[], bar: { from: number; to: number }): [number, number] {
  const known = { from: gap.from === null ? null : ms(gap.from), to: gap.to === null ? null : ms(gap.to) }
  const before = windows.map(({ to }) => ms(to)).filter((end) => known.to === null || end <= known.to)
  const from = known.from ?? Math.max(bar.from, ...before)
  const after = windows.map((window) => ms(window.from)).filter((begin) => begin >= from)
  return [from, known.to ?? Math.min(bar.to, ...after)]
}

const ms = (at: string) => Date.parse(at)
