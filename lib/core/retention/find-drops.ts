import { measuredValue, type Measure } from '../../contracts/repository/measure'
import type { Drop } from '../../contracts/retention'

/** What is compared of a good backup. */
export interface Measured {
  sourceBytes: number
  /** What its engine counted; what is not known is not among them. */
  measures: readonly Measure[]
}

/** One before it; null: its size is that of something else. */
export type Earlier = Pick<Measured, 'measures'> & { sourceBytes: number | null }

/** So many good backups before the newest say what is usual. */
export const baselineLength = 10

/**
 * What the newest backup lost against the median of the good ones before it (newest first, as many as there are up to
 * ten): more than `share` of its size or of something that its engine counted. Empty when nothing did, or when there is
 * nothing to compare with.
 */
export function findDrops(newest: Measured, before: readonly Earlier[], share: number): Drop[] {
  const baseline = before.slice(0, baselineLength)
  const facts = [
    {
      fact: 'size',
      unit: 'bytes' as const,
      value: newest.sourceBytes,
      earlier: baseline.map((one) => one.sourceBytes).filter((known) => known !== null),
    },
    ...newest.measures.map((measure) => ({
      fact: measure.name,
      unit: measure.unit,
      value: measure.value,
      earlier: baseline.map((one) => measuredValue(one.measures, measure)).filter((known) => known !== null),
    })),
  ]
  return facts.flatMap(({ fact, unit, value, earlier }) => {
    const usual = median(earlier)
    return usual !== null && value < usual * (1 - share) ? [{ fact, unit, value, usual }] : []
  })
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
