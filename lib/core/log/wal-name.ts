import type { Lsn } from './lsn'

/** A file of PostgreSQL's log by its name. `log` and `part` are the two halves of a segment's number, as the name has them. */
export type WalFile =
  { kind: 'segment'; timeline: number; log: number; part: number } | { kind: 'history'; timeline: number }

/** A segment never crosses a multiple of this. */
const logBytes = 2 ** 32

/**
 * Name of a segment. `number` counts from 0 in segments of `segmentBytes`, which is a property of the cluster (1 MB to 1 GB, a power of
 * two). Throws `RangeError` for what no cluster has.
 */
export function walSegmentName(timeline: number, number: number, segmentBytes: number): string {
  const perLog = segmentsPerLog(segmentBytes)
  if (!Number.isSafeInteger(number) || number < 0 || number >= perLog * logBytes)
    throw new RangeError(`${number} is no number of a segment.`)
  return timelineText(timeline) + hex8(Math.floor(number / perLog)) + hex8(number % perLog)
}

/** Name of the file that says how a timeline came about. */
export function timelineHistoryName(timeline: number): string {
  return `${timelineText(timeline)}.history`
}

/**
 * What a file is; null for everything else. Names that only begin like a segment's are none: `.partial`,
 * `<segment>.<offset>.backup` and lower case.
 */
export function walFileOf(name: string): WalFile | null {
  const [, timelineDigits, rest] = /^([0-9A-F]{8})([0-9A-F]{16}|\.history)$/.exec(name) ?? []
  if (timelineDigits === undefined || rest === undefined) return null
  const timeline = Number.parseInt(timelineDigits, 16)
  if (timeline === 0) return null
  if (rest === '.history') return { kind: 'history', timeline }
  const [log, part] = [rest.slice(0, 8), rest.slice(8)].map((digits) => Number.parseInt(digits, 16))
  return log === undefined || part === undefined ? null : { kind: 'segment', timeline, log, part }
}

/** Number of a named segment; null where no segment of this size has such a name. */
export function numberOfSegment({ log, part }: { log: number; part: number }, segmentBytes: number): number | null {
  const perLog = segmentsPerLog(segmentBytes)
  return part < perLog ? log * perLog + part : null
}

/** The segment that has the byte at this place. */
export function segmentNumberOf(lsn: Lsn, segmentBytes: number): number {
  segmentsPerLog(segmentBytes)
  return Number(lsn / BigInt(segmentBytes))
}

/** Where a segment begins. */
export function segmentStart(number: number, segmentBytes: number): Lsn {
  return BigInt(number) * BigInt(segmentBytes)
}

/** A timeline as it is written everywhere: eight hexadecimal digits in upper case. Throws `RangeError` for what is none. */
export function timelineText(timeline: number): string {
  if (!Number.isSafeInteger(timeline) || timeline < 1 || timeline >= logBytes)
    throw new RangeError(`${timeline} is no timeline.`)
  return hex8(timeline)
}

/** The number of a timeline that is written so. Throws a `SyntaxError` that quotes anything else. */
export function timelineNumber(text: string): number {
  const number = /^[0-9A-F]{8}$/.test(text) ? Number.parseInt(text, 16) : 0
  if (number === 0) throw new SyntaxError(`${JSON.stringify(text)} is no timeline such as 00000001.`)
  return number
}

function segmentsPerLog(segmentBytes: number): number {
  const perLog = logBytes / segmentBytes
  if (!Number.isInteger(Math.log2(segmentBytes)) || segmentBytes < 2 ** 20 || segmentBytes > 2 ** 30)
    throw new RangeError(`${segmentBytes} is no size of a segment: it is a power of two from 1 MB to 1 GB.`)
  return perLog
}

const hex8 = (number: number): string => number.toString(16).toUpperCase().padStart(8, '0')
