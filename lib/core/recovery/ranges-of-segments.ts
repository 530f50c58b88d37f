import type { Lsn } from '../log/lsn'
import { compare, later } from './path-windows'
import type { StoredRange } from './stored-log'

/** A stored piece of one timeline's log; `to` is exclusive. */
export interface StoredPiece {
  from: Lsn
  to: Lsn
  /** Null: it has none, or nobody knows. */
  lastCommitAt: Date | null
}

/** The unbroken stretches that pieces of a timeline make, in any order. What touches or overlaps is one. */
export function rangesOf(timeline: string, pieces: readonly StoredPiece[]): StoredRange[] {
  const ranges: StoredRange[] = []
  for (const { from, to, lastCommitAt } of pieces.toSorted((a, b) => compare(a.from, b.from))) {
    const last = ranges.at(-1)
    if (!last || from > last.to) {
      ranges.push({ timeline, from, to, lastCommitAt, coveredUntil: null, endsBecause: null })
      continue
    }
    last.lastCommitAt = later(last.lastCommitAt, lastCommitAt)
    if (to > last.to) last.to = to
  }
  return ranges
}
