import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import {
  numberOfSegment,
  segmentNumberOf,
  segmentStart,
  timelineNumber,
  walFileOf,
  walSegmentName,
} from '@/lib/core/log/wal-name'

/** One segment of a plan's path. */
export interface NeededSegment {
  number: number
  name: string
  /** How many of its bytes the plan promises; nothing behind them is handed over. */
  bytes: number
}

/** The segments that a plan counts on. There may be a million of them, so none is listed. */
export interface NeededSegments {
  first: number
  last: number
  /** Null outside of the path. */
  at(number: number): NeededSegment | null
  /** The same by its name; null for every other name. */
  named(name: string): NeededSegment | null
  /** Number of a segment of any timeline; null for what is none. */
  numberOf(name: string): number | null
  /** How many bytes of any timeline's segment with this number may be handed over. */
  bytesOf(number: number): number
}

export function neededSegments({ path }: Pick<RecoveryPlan, 'path'>, segmentBytes: number): NeededSegments {
  const end = (path.at(-1) ?? path[0]).to
  const first = segmentNumberOf(path[0].from, segmentBytes)
  const last = segmentNumberOf(end - 1n, segmentBytes)
  const bytesOf = (number: number): number => {
    const left = end - segmentStart(number, segmentBytes)
    return Number(left < 0n ? 0n : left < BigInt(segmentBytes) ? left : BigInt(segmentBytes))
  }
  const at = (number: number): NeededSegment | null => {
    if (number < first || number > last) return null
    const start = segmentStart(number, segmentBytes)
    const bytes = bytesOf(number)
    // With a fork in it, the newer timeline's has the bytes of both.
    const { timeline } = path.findLast(({ from }) => from < start + BigInt(bytes)) ?? path[0]
    return { number, name: walSegmentName(timelineNumber(timeline), number, segmentBytes), bytes }
  }
  const numberOf = (name: string): number | null => {
    const file = walFileOf(name)
    return file?.kind === 'segment' ? numberOfSegment(file, segmentBytes) : null
  }
  return {
    first,
    last,
    at,
    numberOf,
    bytesOf,
    named(name) {
      const number = numberOf(name)
      const segment = number === null ? null : at(number)
      return segment?.name === name ? segment : null
    },
  }
}
