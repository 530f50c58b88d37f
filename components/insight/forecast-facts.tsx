import type { Forecast } from '@/lib/contracts/insight'
import { formatBytes } from '@/lib/client/format/bytes'

/** The trend in three figures; with too little data it says so instead of guessing. */
export function ForecastFacts({ forecast }: { forecast: Forecast | null }) {
  if (!forecast) {
    return (
      <p className="text-[0.8125rem] text-ink-3">
        Too little is known for a forecast: it needs seven days with a size, over at least a week.
      </p>
    )
  }
  const steps = [
    ['In 30 days', forecast.in30Days],
    ['In 90 days', forecast.in90Days],
    ['In a year', forecast.in365Days],
  ] as const
  return (
    <>
      <dl className="grid grid-cols-3 gap-3">
        {steps.map(([name, { value, low, high }]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="tabular mt-0.5 font-semibold">{formatBytes(value)}</dd>
            <dd className="tabular text-xs text-ink-3">
              {formatBytes(low)} to {formatBytes(high)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-xs text-ink-3">
        {growthWords(forecast)} By the trend of {forecast.points} days, if it goes on as it did.
      </p>
    </>
  )
}

export function growthWords(forecast: Forecast): string {
  const { value, low, high } = forecast.perDay
  if (low <= 0 && high >= 0) return 'No clear growth.'
  return `${value > 0 ? 'Grows' : 'Shrinks'} by ${formatBytes(Math.abs(value))} a day.`
}
