import type { Drop } from '../../contracts/retention'

/** What is compared of a good backup; null where it is not known. */
export interface Measured {
  sourceBytes: number
  rowEstimate: number | null
  tableCount: number | null
}

/** So many good backups before the newest say what is usual. */
export const baselineLength = 10

/**
 * What the newest backup lost against the median of the good ones before it (newest first, as many as there are up to
 * ten): more than `share` of its size, rows or tables. Empty when nothing did, or when there is nothing to compare with.
 */
export function findDrops(newest: Measured, before: readonly Measured[], share: number): Drop[] {
  const baseline = before.slice(0, baselineLength)
  const facts = [
    { fact: 'size', read: (one: Measured) => one.sourceBytes },
    { fact: 'rows', read: (one: Measured) => one.rowEstimate },
    { fact: 'tables', read: (one: Measured) => one.tableCount },
  ] as const
  return facts.flatMap(({ fact, read }) => {
    const value = read(newest)
    const usual = median(baseline.map(read).filter((known) => known !== null))
    return value !== null && usual !== null && value < usual * (1 - share) ? [{ fact, value, usual }] : []
  })
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
