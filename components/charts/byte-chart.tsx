import type { ReactNode } from 'react'
import { byteTicks, formatBytes } from '@/lib/client/format/bytes'
import { cn } from '@/lib/client/cn'

const axis = { stroke: 'var(--ink-3)', fontSize: 11, tickLine: false, axisLine: false } as const

/** What every chart of sizes over days shares; given to the parts of the chart, which must be its own children. */
export const dayAxis = { ...axis, dataKey: 'day', minTickGap: 36 } as const

export function byteAxis(highest: number) {
  const ticks = byteTicks(highest)
  const domain: [number, number | 'auto'] = [0, ticks.at(-1) ?? 'auto']
  return { ...axis, tickFormatter: formatBytes, ticks, domain, width: 66 }
}

export const tooltipLook = {
  contentStyle: { background: 'var(--raised)', border: '1px solid var(--line)', borderRadius: 8, fontSize: 12 },
  labelStyle: { color: 'var(--ink)' },
} as const

export const chartMargin = { top: 6, right: 8, bottom: 0, left: 0 } as const

export const shortDay = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** The legend below a chart. `summary` is the chart in words, for who cannot see it. */
export function ChartLegend({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
      {children}
      <span className="sr-only">{summary}</span>
    </figcaption>
  )
}

/** One mark of the legend and what it stands for. */
export function ChartKey({ mark, children }: { mark: string; children: ReactNode }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={cn('w-3.5', mark)} aria-hidden /> {children}
    </span>
  )
}
