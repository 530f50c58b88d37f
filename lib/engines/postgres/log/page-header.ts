/** Each version writes its log with a number of its own (XLOG_PAGE_MAGIC in PostgreSQL's access/xlog_internal.h). */
const majors: ReadonlyMap<number, number> = new Map([
  [0xd106, 13],
  [0xd10d, 14],
  [0xd110, 15],
  [0xd113, 16],
  [0xd116, 17],
  [0xd118, 18],
])

/** The version that writes pages with this number; null for one that is not known, or for no page of a log at all. */
export const majorOf = (magic: number): number | null => majors.get(magic) ?? null

/** Lengths of the header in bytes, with what aligns it: at the beginning of a page, and at that of a segment. */
export const shortHeaderBytes = 24
export const longHeaderBytes = 40

/** Bits of `flags`. */
export const pageFlags = {
  /** The page begins with the rest of a record that began on the page before. */
  continued: 1,
  long: 2,
  /** The record that began on the page before was never written to its end, because the server crashed. */
  abandoned: 8,
} as const

/** What a page begins with. The address is given as two numbers, since it is compared for each page that passes. */
export interface PageHeader {
  magic: number
  flags: number
  timeline: number
  addressLow: number
  addressHigh: number
  /** Bytes of the continued record from this page on. */
  remaining: number
}

/** What a segment's first page says in addition. */
export interface SegmentHeader {
  systemIdentifier: bigint
  segmentBytes: number
  blockBytes: number
}

/** `bytes` has at least `shortHeaderBytes`. */
export function readPageHeader(bytes: Buffer): PageHeader {
  return {
    magic: bytes.readUInt16LE(0),
    flags: bytes.readUInt16LE(2),
    timeline: bytes.readUInt32LE(4),
    addressLow: bytes.readUInt32LE(8),
    addressHigh: bytes.readUInt32LE(12),
    remaining: bytes.readUInt32LE(16),
  }
}

/** `bytes` has at least `longHeaderBytes`. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader {
  return {
    systemIdentifier: bytes.readBigUInt64LE(24),
    segmentBytes: bytes.readUInt32LE(32),
    blockBytes: bytes.readUInt32LE(36),
  }
}

const isPowerOfTwo = (value: number) => Number.isInteger(Math.log2(value))

/** The sizes that PostgreSQL can be built with. */
export const isBlockSize = (bytes: number) => bytes >= 1024 && bytes <= 65536 && isPowerOfTwo(bytes)

/** The sizes that a cluster can be made with. */
export const isSegmentSize = (bytes: number) => bytes >= 2 ** 20 && bytes <= 2 ** 30 && isPowerOfTwo(bytes)
