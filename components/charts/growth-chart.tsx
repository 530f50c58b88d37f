'use client'

import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { DayBytes, Forecast } from '@/lib/contracts/insight'
import { dayOf, dayText } from '@/lib/core/insight/days'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatDay } from '@/lib/client/format/time'
import { byteAxis, ChartKey, ChartLegend, chartMargin, dayAxis, shortDay, tooltipLook } from './byte-chart'

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
  const highest = Math.max(...points.flatMap(({ measured, band }) => [measured ?? 0, band?.[1] ?? 0]))
  return (
    <figure>
      <div className="h-56" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={points} margin={chartMargin} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              {...dayAxis}
              type="number"
              domain={['dataMin', 'dataMax']}
              tickFormatter={(day: number) => shortDay(dayText(day))}
            />
            <YAxis {...byteAxis(highest)} />
            <Tooltip
              {...tooltipLook}
              formatter={(value) =>
                Array.isArray(value)
                  ? `${formatBytes(Number(value[0]))} to ${formatBytes(Number(value[1]))}`
                  : formatBytes(Number(value))
              }
              labelFormatter={(day) => formatDay(dayText(Number(day)))}
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
      <ChartLegend
        summary={`${formatDay(last.day)}: ${formatBytes(last.bytes)}.${forecast ? ` In 90 days about ${formatBytes(forecast.in90Days.value)}.` : ''}`}
      >
        <ChartKey mark="h-0.5 bg-info-fill">measured</ChartKey>
        {forecast && <ChartKey mark="h-2 bg-info-fill/20">expected, with a probability of 80 %</ChartKey>}
      </ChartLegend>
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
