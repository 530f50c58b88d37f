import { timelineNumber } from '@/lib/core/log/wal-name'

/** What the beginning of a segment must say. */
export interface ExpectedSegment {
  /** The system identifier. */
  identity: string
  timeline: string
  start: bigint
  segmentBytes: number
}

/** Of the header of a segment's first page (XLogLongPageHeaderData). */
export const headerBytes = 40

/** XLP_LONG_HEADER. */
const longHeader = 0x0002

/**
 * Why a segment is not the one expected, by its first bytes; null when it is. The server itself takes a segment of another cluster
 * for the end of the log, and opens without what comes after it.
 */
export function segmentTrouble(header: Buffer, expected: ExpectedSegment): string | null {
  if (header.length < headerBytes) return 'it is shorter than its header'
  const little = header.readUInt16LE(0) >> 8 === 0xd1
  const read16 = (at: number) => (little ? header.readUInt16LE(at) : header.readUInt16BE(at))
  const read32 = (at: number) => (little ? header.readUInt32LE(at) : header.readUInt32BE(at))
  const read64 = (at: number) => (little ? header.readBigUInt64LE(at) : header.readBigUInt64BE(at))
  if (read16(0) >> 8 !== 0xd1 || (read16(2) & longHeader) === 0) return 'it does not begin as a segment does'
  const identity = String(read64(24))
  if (identity !== expected.identity) return `it is of the server ${identity}, not of ${expected.identity}`
  if (read64(8) !== expected.start) return 'it is another segment by what it says of its place'
  if (read32(32) !== expected.segmentBytes) return `it is of a cluster with segments of ${read32(32)} bytes`
  // The first segment of a timeline has its ancestor's pages up to the fork.
  if (read32(4) > timelineNumber(expected.timeline)) return 'it is of a later timeline'
  return null
}
