import type { Cost, Forecast } from '../../contracts/insight'
import { valueIn, type Growth } from './fit-growth'

/** A trend as it is shown: today, and 30, 90 and 365 days ahead. */
export function toForecast(growth: Growth): Forecast {
  const { expected, low, high, points, days } = growth
  const ahead = (distance: number) => ({
    value: Math.round(valueIn(expected, distance)),
    low: Math.round(valueIn(low, distance)),
    high: Math.round(valueIn(high, distance)),
  })
  return {
    today: ahead(0),
    perDay: { value: expected.perDay, low: low.perDay, high: high.perDay },
    in30Days: ahead(30),
    in90Days: ahead(90),
    in365Days: ahead(365),
    points,
    days,
  }
}

/** What is paid a month if bytes grow by the forecast and lie in the same classes as today. */
export function toCost(perMonth: number, storedBytes: number, forecast: Forecast | null): Cost {
  const then = (bytes: number | undefined) =>
    bytes === undefined ? null : storedBytes > 0 ? (perMonth * bytes) / storedBytes : perMonth
  return {
    perMonth,
    in30Days: then(forecast?.in30Days.value),
    in90Days: then(forecast?.in90Days.value),
    in365Days: then(forecast?.in365Days.value),
  }
}
