/** What is usual: the median, and how far values lie from it as a rule. */
export interface Baseline {
  median: number
  /** In units of a standard deviation; at least two percent of the median, since an even history is no promise. */
  scatter: number
  count: number
}

/** So many of the newest good backups make the baseline; fewer than `leastBackups` make none. */
export const baselineBackups = 20
export const leastBackups = 5

/** Median and median absolute deviation: one odd backup among them moves neither. Null with too few values. */
export function baselineOf(newestFirst: readonly number[]): Baseline | null {
  const values = newestFirst.slice(0, baselineBackups)
  if (values.length < leastBackups) return null
  const median = middle(values)
  const deviation = 1.4826 * middle(values.map((value) => Math.abs(value - median)))
  return { median, scatter: Math.max(deviation, 0.02 * Math.abs(median)), count: values.length }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2
}
