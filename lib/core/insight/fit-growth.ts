/** A value that held on a day; days are counted from 1 January 1970 in UTC. */
export interface DayValue {
  day: number
  value: number
}

/** A straight line from today on: the value today, and what each day adds. */
export interface Line {
  today: number
  perDay: number
}

/** How something grows, and the lines between which it stays with four chances in five if it goes on as it did. */
export interface Growth {
  expected: Line
  low: Line
  high: Line
  /** Days with a value, and days from the first to the last of them. */
  points: number
  days: number
}

/** Fewer say nothing about the days to come. */
export const leastPoints = 7
export const leastDays = 7
/** Pairs grow with the square of the points; thinned to so many, a thousand sources take a fraction of a second. */
const mostPoints = 45
/** Four in five of a normal distribution lie within so many standard deviations. */
const fourInFive = 1.2816
/** A median absolute deviation times this is the standard deviation of a normal distribution. */
const deviationOfMad = 1.4826

/**
 * The trend by Theil and Sen: the median of the slopes between all pairs of days. Up to a quarter of the days may lie
 * anywhere (a table loaded by mistake, a day at half the size) without bending it, which least squares does not
 * stand. The band is Sen's interval of the slope by Kendall's tau, turned about the middle of the days that are known,
 * and the scatter of the days about the line. Null when there is too little to tell.
 */
export function fitGrowth(values: readonly DayValue[], today: number): Growth | null {
  const sorted = [...values].sort((a, b) => a.day - b.day)
  const first = sorted[0]
  const last = sorted.at(-1)
  if (!first || !last || sorted.length < leastPoints || last.day - first.day < leastDays) return null
  const used = thinned(sorted, mostPoints)
  const slopes = slopesOf(used)
  const slope = at(slopes, (slopes.length - 1) / 2)
  const n = used.length
  const reach = fourInFive * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const slopeLow = at(slopes, (slopes.length - reach) / 2 - 1)
  const slopeHigh = at(slopes, (slopes.length + reach) / 2)

  const middle = (first.day + last.day) / 2
  const level = median(used.map(({ day, value }) => value - slope * (day - middle)))
  const scatter =
    fourInFive * deviationOfMad * median(used.map(({ day, value }) => Math.abs(value - slope * (day - middle) - level)))
  const ahead = today - middle
  const line = (perDay: number, shift: number): Line => ({ today: level + shift + perDay * ahead, perDay })
  return {
    expected: line(slope, 0),
    low: line(slopeLow, -scatter),
    high: line(slopeHigh, scatter),
    points: sorted.length,
    days: last.day - first.day,
  }
}

/** The value so many days from today; sizes never fall below zero. */
export function valueIn(line: Line, days: number): number {
  return Math.max(0, line.today + line.perDay * days)
}

/** Days from today until the line reaches the limit: 0 when it has, null when it does not within a century. */
export function daysUntil(line: Line, limit: number): number | null {
  if (line.today >= limit) return 0
  if (line.perDay <= 0) return null
  const days = Math.ceil((limit - line.today) / line.perDay)
  return days <= 36_500 ? days : null
}

/** Between all pairs of different days, sorted. */
function slopesOf(values: readonly DayValue[]): Float64Array {
  // Numbers in a typed array are sorted many times faster, and there are a thousand for each source.
  const slopes = new Float64Array((values.length * (values.length - 1)) / 2)
  let count = 0
  values.forEach((a, index) => {
    for (const b of values.slice(index + 1)) if (b.day > a.day) slopes[count++] = (b.value - a.value) / (b.day - a.day)
  })
  return slopes.subarray(0, count).sort()
}

/** Evenly spread, with the first and the last. */
function thinned(values: readonly DayValue[], most: number): readonly DayValue[] {
  if (values.length <= most) return values
  const step = (values.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, index) => values[Math.round(index * step)]).filter(
    (value) => value !== undefined,
  )
}

function median(values: readonly number[]): number {
  return at(Float64Array.from(values).sort(), (values.length - 1) / 2)
}

/** The value at a position between two of a sorted list, the ends beyond it. */
function at(sorted: Float64Array, position: number): number {
  const clamped = Math.min(Math.max(position, 0), sorted.length - 1)
  const below = sorted[Math.floor(clamped)] ?? 0
  const above = sorted[Math.ceil(clamped)] ?? below
  return below + (above - below) * (clamped - Math.floor(clamped))
}
