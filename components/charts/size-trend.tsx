'use client'

import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Status } from '@/lib/contracts/status'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatDay } from '@/lib/client/format/time'
import { byteAxis, ChartKey, ChartLegend, chartMargin, dayAxis, shortDay, tooltipLook } from './byte-chart'

type Day = Status['trend'][number]

/** Bytes taken and stored a day. Days without a backup are gaps, not zeros. */
export function SizeTrend({ days }: { days: readonly Day[] }) {
  const points = days.map((day) => ({
    day: day.day,
    Source: day.succeeded > 0 ? day.sourceBytes : null,
    Stored: day.succeeded > 0 ? day.storedBytes : null,
  }))
  const known = points.filter((point) => point.Source !== null)
  if (known.length === 0) return <p className="py-10 text-center text-ink-3">No sizes to show yet</p>
  const last = known.at(-1)
  const summary = last
    ? `Latest day ${formatDay(last.day)}: ${formatBytes(last.Source ?? 0)} from the sources, ${formatBytes(last.Stored ?? 0)} stored.`
    : ''
  return (
    <figure>
      <div className="h-44" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart data={points} margin={chartMargin} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis {...dayAxis} tickFormatter={shortDay} />
            <YAxis {...byteAxis(Math.max(...known.map((point) => point.Source ?? 0)))} />
            <Tooltip
              {...tooltipLook}
              formatter={(value) => formatBytes(Number(value))}
              labelFormatter={(label) => formatDay(String(label))}
            />
            <Area
              type="monotone"
              dataKey="Source"
              stroke="var(--line-strong)"
              fill="var(--line-strong)"
              fillOpacity={0.12}
              strokeWidth={1.5}
              isAnimationActive={false}
              dot={known.length < 3}
            />
            <Area
              type="monotone"
              dataKey="Stored"
              stroke="var(--info-fill)"
              fill="var(--info-fill)"
              fillOpacity={0.22}
              strokeWidth={2}
              isAnimationActive={false}
              dot={known.length < 3}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
      <ChartLegend summary={summary}>
        <ChartKey mark="h-0.5 bg-line-strong">from the sources</ChartKey>
        <ChartKey mark="h-0.5 bg-info-fill">stored</ChartKey>
      </ChartLegend>
    </figure>
  )
}
