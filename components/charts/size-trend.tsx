'use client'

import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Status } from '@/lib/contracts/status'
import { byteTicks, formatBytes } from '@/lib/client/format/bytes'
import { formatDay } from '@/lib/client/format/time'

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
  const ticks = byteTicks(Math.max(...known.map((point) => point.Source ?? 0)))
  const last = known.at(-1)
  const summary = last
    ? `Latest day ${formatDay(last.day)}: ${formatBytes(last.Source ?? 0)} from the sources, ${formatBytes(last.Stored ?? 0)} stored.`
    : ''
  return (
    <figure>
      <div className="h-44" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart data={points} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="day"
              tickFormatter={shortDay}
              stroke="var(--ink-3)"
              fontSize={11}
              tickLine={false}
              axisLine={false}
              minTickGap={36}
            />
            <YAxis
              tickFormatter={formatBytes}
              ticks={ticks}
              domain={[0, ticks.at(-1) ?? 'auto']}
              stroke="var(--ink-3)"
              fontSize={11}
              width={66}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              formatter={(value) => formatBytes(Number(value))}
              labelFormatter={(label) => formatDay(String(label))}
              contentStyle={{
                background: 'var(--raised)',
                border: '1px solid var(--line)',
                borderRadius: 8,
                fontSize: 12,
              }}
              labelStyle={{ color: 'var(--ink)' }}
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
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-line-strong" aria-hidden /> from the sources
        </span>
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-info-fill" aria-hidden /> stored
        </span>
        <span className="sr-only">{summary}</span>
      </figcaption>
    </figure>
  )
}

const shortDay = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
