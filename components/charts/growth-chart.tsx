'use client'

import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { DayBytes, Forecast } from '@/lib/contracts/insight'
import { dayOf, dayText } from '@/lib/core/insight/days'
import { byteTicks, formatBytes } from '@/lib/client/format/bytes'
import { formatDay } from '@/lib/client/format/time'

interface Point {
  day: number
  measured?: number
  expected?: number
  band?: [number, number]
}

/** What was measured, and the trend from today on with the band that it stays in with four chances in five. */
export function GrowthChart({ series, forecast }: { series: readonly DayBytes[]; forecast: Forecast | null }) {
  const last = series.at(-1)
  if (!last) return <p className="py-10 text-center text-ink-3">No sizes to show yet</p>
  const points: Point[] = [
    ...series.map(({ day, bytes }) => ({ day: dayOf(day), measured: bytes })),
    ...ahead(dayOf(last.day), forecast),
  ]
  const ticks = byteTicks(Math.max(...points.flatMap(({ measured, band }) => [measured ?? 0, band?.[1] ?? 0])))
  return (
    <figure>
      <div className="h-56" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={points} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="day"
              type="number"
              domain={['dataMin', 'dataMax']}
              tickFormatter={(day: number) => shortDay(dayText(day))}
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
              formatter={(value) =>
                Array.isArray(value)
                  ? `${formatBytes(Number(value[0]))} to ${formatBytes(Number(value[1]))}`
                  : formatBytes(Number(value))
              }
              labelFormatter={(day) => formatDay(dayText(Number(day)))}
              contentStyle={{
                background: 'var(--raised)',
                border: '1px solid var(--line)',
                borderRadius: 8,
                fontSize: 12,
              }}
              labelStyle={{ color: 'var(--ink)' }}
            />
            <Area
              dataKey="band"
              name="Likely"
              stroke="none"
              fill="var(--info-fill)"
              fillOpacity={0.16}
              isAnimationActive={false}
            />
            <Line
              dataKey="measured"
              name="Measured"
              stroke="var(--info-fill)"
              strokeWidth={2}
              dot={series.length < 3}
              isAnimationActive={false}
            />
            <Line
              dataKey="expected"
              name="Expected"
              stroke="var(--info-fill)"
              strokeWidth={2}
              strokeDasharray="5 4"
              dot={false}
              isAnimationActive={false}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-info-fill" aria-hidden /> measured
        </span>
        {forecast && (
          <span className="flex items-center gap-1.5">
            <span className="h-2 w-3.5 bg-info-fill/20" aria-hidden /> expected, four chances in five
          </span>
        )}
        <span className="sr-only">
          {`${formatDay(last.day)}: ${formatBytes(last.bytes)}.`}
          {forecast && ` In 90 days about ${formatBytes(forecast.in90Days.value)}.`}
        </span>
      </figcaption>
    </figure>
  )
}

function ahead(today: number, forecast: Forecast | null): Point[] {
  if (!forecast) return []
  const steps = [
    [0, forecast.today],
    [30, forecast.in30Days],
    [90, forecast.in90Days],
  ] as const
  return steps.map(([days, { value, low, high }]) => ({ day: today + days, expected: value, band: [low, high] }))
}

const shortDay = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
