import type { MeasuredCompression } from '../../contracts/compression-advice'
import type { Compression } from '../../contracts/engines/common'

export interface Recommendation {
  compression: Compression
  level: number
  sentence: string
  reason: string
}

export interface CompressionFacts {
  measured: MeasuredCompression[]
  /** How fast the source delivers; null when it was too short to tell. */
  sourceBytesPerSecond: number | null
  /** The source's upload limit in stored bytes. */
  rateLimitBytesPerSecond?: number | undefined
}

/** Below this compressing is not worth its time. */
const leastRatio = 1.05
/**
 * A costlier compression must save three bytes in a hundred for each ten hundredths that it costs more. On usual table
 * data this is what makes zstd 2 better than 3: 4 % fewer bytes for half as much again of CPU do not pay.
 */
const savingPerCost = 0.3

const named = ({ compression, level }: { compression: string; level: number }) => `${compression} ${level}`
const rate = (bytesPerSecond: number) => `${(bytesPerSecond / 1e6).toFixed(bytesPerSecond < 1e7 ? 1 : 0)} MB/s`
const times = (ratio: number) => `${ratio.toFixed(ratio < 1.1 ? 2 : 1)}x`
const percent = (share: number) => `${Math.round(share * 100)} %`

/**
 * What a byte of the source costs: the seconds taken by the slowest of source, compressor and limited upload, plus the
 * compressor's own seconds, which production could have used.
 */
function costOf({ bytesPerSecond, ratio }: MeasuredCompression, facts: CompressionFacts): number {
  const { sourceBytesPerSecond: source, rateLimitBytesPerSecond: limit } = facts
  const compressing = 1 / bytesPerSecond
  return Math.max(compressing, source ? 1 / source : 0, limit ? 1 / (ratio * limit) : 0) + compressing
}

/** Chooses from what was measured; null when nothing was. */
export function recommendCompression(facts: CompressionFacts): Recommendation | null {
  const { measured } = facts
  const saving = (from: MeasuredCompression, to: MeasuredCompression) => 1 - from.ratio / to.ratio
  const dearer = (from: MeasuredCompression, to: MeasuredCompression) => costOf(to, facts) / costOf(from, facts) - 1
  const fastestFirst = [...measured].sort((a, b) => b.bytesPerSecond - a.bytesPerSecond)
  const [first, ...slower] = fastestFirst
  if (!first) return null

  const strongest = fastestFirst.reduce((best, one) => (one.ratio > best.ratio ? one : best), first)
  if (strongest.ratio < leastRatio) {
    return {
      compression: 'none',
      level: 1,
      sentence: `Your data hardly compresses: ${named(strongest)} gives ${times(strongest.ratio)}.`,
      reason: 'Compressing would take time and save next to nothing. It may be compressed already: images, archives.',
    }
  }
  const best = slower.reduce(
    (chosen, one) =>
      one.ratio > chosen.ratio && saving(chosen, one) >= savingPerCost * dearer(chosen, one) ? one : chosen,
    first,
  )
  // What a person would ask about next: the first that stores less, and what that costs.
  const smaller = slower.find((one) => one.bytesPerSecond < best.bytesPerSecond && saving(best, one) >= 0.01)
  const reasons = [pace(best, facts)]
  if (smaller) {
    const less = percent(saving(best, smaller))
    reasons.push(`${named(smaller)} would store ${less} less, at ${rate(smaller.bytesPerSecond)}.`)
  } else if (best === strongest) reasons.push('Nothing that was measured stores less.')
  return {
    compression: best.compression,
    level: best.level,
    sentence: `Your data: ${named(best)} gives ${times(best.ratio)} at ${rate(best.bytesPerSecond)}.`,
    reason: reasons.join(' '),
  }
}

/** What sets the pace of a backup with this compression. */
function pace(
  best: MeasuredCompression,
  { sourceBytesPerSecond: source, rateLimitBytesPerSecond: limit }: CompressionFacts,
) {
  if (limit && limit * best.ratio < Math.min(best.bytesPerSecond, source ?? Infinity)) {
    return `The upload limit of ${rate(limit)} sets the pace, so what is smaller is faster.`
  }
  if (source === null) return 'It has the best balance of time and size.'
  return best.bytesPerSecond >= source
    ? `It keeps up with the source, which delivered ${rate(source)}.`
    : `The source delivers more (${rate(source)}): the compressor sets the pace.`
}
