import { describe, expect, it } from 'vitest'
import { daysUntil, fitGrowth, valueIn, type DayValue } from '@/lib/core/insight/fit-growth'
import { toCost, toForecast } from '@/lib/core/insight/to-forecast'
import { makeRandom } from '../../helpers/random'

const today = 20_778
/** One value a day up to today. */
const days = (count: number, value: (index: number) => number): DayValue[] =>
  Array.from({ length: count }, (_, index) => ({ day: today - count + 1 + index, value: value(index) }))

describe('fitGrowth', () => {
  it('finds a straight line exactly, with no band about it', () => {
    const growth = fitGrowth(
      days(30, (index) => 1_000 + 10 * index),
      today,
    )
    expect(growth?.expected.perDay).toBeCloseTo(10)
    expect(growth && valueIn(growth.expected, 0)).toBeCloseTo(1_290)
    expect(growth && valueIn(growth.expected, 365)).toBeCloseTo(1_290 + 3_650)
    expect(growth && valueIn(growth.low, 90)).toBeCloseTo(1_290 + 900)
    expect(growth && valueIn(growth.high, 90)).toBeCloseTo(1_290 + 900)
  })

  it.each([
    ['no value at all', []],
    ['six days', days(6, (index) => index)],
    ['seven values within four days', days(4, (index) => index).flatMap((value) => [value, value])],
  ])('says nothing of %s', (_, values) => {
    expect(fitGrowth(values, today)).toBeNull()
  })

  it('is not bent by a fifth of the days being far off, as a sum of squares is', () => {
    const values = days(60, (index) => 1_000 + 10 * index + (index % 5 === 3 ? 50_000 : 0))
    expect(fitGrowth(values, today)?.expected.perDay).toBeCloseTo(10, 0)
    const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    const late = values.map((value, index) => ({ ...value, value: value.value + (index > 50 ? 20_000 : 0) }))
    const xs = late.map(({ day }) => day)
    const ys = late.map(({ value }) => value)
    const squares =
      mean(xs.map((x, index) => (x - mean(xs)) * ((ys[index] ?? 0) - mean(ys)))) /
      mean(xs.map((x) => (x - mean(xs)) ** 2))
    expect(squares).toBeGreaterThan(150)
    expect(fitGrowth(late, today)?.expected.perDay).toBeLessThan(60)
  })

  it('keeps what comes 30 days later within its band about four times in five', () => {
    const { below } = makeRandom(7)
    const random = () => below(1e6) / 1e6
    const noise = () => (random() + random() + random() + random() - 2) * 400
    let within = 0
    const rounds = 400
    for (let round = 0; round < rounds; round += 1) {
      const slope = random() * 40 - 10
      const growth = fitGrowth(
        days(60, (index) => 50_000 + slope * index + noise()),
        today,
      )
      const later = 50_000 + slope * (59 + 30) + noise()
      if (growth && later >= valueIn(growth.low, 30) && later <= valueIn(growth.high, 30)) within += 1
    }
    expect(within / rounds).toBeGreaterThan(0.75)
    expect(within / rounds).toBeLessThan(0.97)
  })

  it('gives the same trend from three hundred days as from the days it thins them to', () => {
    const growth = fitGrowth(
      days(300, (index) => 5_000 + 3 * index + (index % 7) * 20),
      today,
    )
    expect(growth?.points).toBe(300)
    expect(growth?.expected.perDay).toBeCloseTo(3, 0)
  })

  it('counts from today when the last known day is a week ago', () => {
    const old = days(30, (index) => 1_000 + 10 * index).map(({ day, value }) => ({ day: day - 7, value }))
    const growth = fitGrowth(old, today)
    expect(growth && valueIn(growth.expected, 0)).toBeCloseTo(1_290 + 70)
  })
})

describe('daysUntil', () => {
  it.each([
    ['is reached at the trend', { today: 100, perDay: 10 }, 1_000, 90],
    ['is reached already', { today: 1_200, perDay: -1 }, 1_000, 0],
    ['is never reached by what shrinks', { today: 100, perDay: -1 }, 1_000, null],
    ['is never reached by what stays', { today: 100, perDay: 0 }, 1_000, null],
    ['is further away than a century', { today: 0, perDay: 0.001 }, 1_000, null],
  ])('tells when a limit %s', (_, line, limit, expected) => {
    expect(daysUntil(line, limit)).toBe(expected)
  })
})

describe('toForecast', () => {
  it('never forecasts less than nothing', () => {
    const growth = fitGrowth(
      days(30, (index) => 10_000 - 300 * index),
      today,
    )
    expect(growth && toForecast(growth).in365Days).toEqual({ value: 0, low: 0, high: 0 })
  })

  it('costs in proportion to what is stored, and unknown without a trend', () => {
    const growth = fitGrowth(
      days(30, () => 1_000),
      today,
    )
    const forecast = growth && toForecast(growth)
    expect(toCost(5, 500, forecast)).toEqual({ perMonth: 5, in30Days: 10, in90Days: 10, in365Days: 10 })
    expect(toCost(5, 500, null)).toEqual({ perMonth: 5, in30Days: null, in90Days: null, in365Days: null })
  })
})
