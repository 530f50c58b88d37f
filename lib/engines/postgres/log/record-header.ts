import type { RecordKind } from './record-body'

export const recordHeaderBytes = 24

/** A place as two numbers of 32 bits, since it is compared for each record that passes. */
export interface Place {
  low: number
  high: number
}

/** What a record begins with (XLogRecord in PostgreSQL's access/xlogrecord.h). */
export interface RecordHeader extends RecordKind {
  /** Where the record before starts. */
  beforeLow: number
  beforeHigh: number
}

/** Reads the header at `at`; there are as many bytes as it has. */
export function readRecordHeader(bytes: Buffer, at: number, major: number): RecordHeader {
  return {
    bodyBytes: bytes.readUInt32LE(at) - recordHeaderBytes,
    xid: bytes.readUInt32LE(at + 4),
    beforeLow: bytes.readUInt32LE(at + 8),
    beforeHigh: bytes.readUInt32LE(at + 12),
    info: bytes.readUInt8(at + 16),
    resourceManager: bytes.readUInt8(at + 17),
    major,
  }
}

/** True when a record that starts at `start` may name the one before as it does: any earlier one where that is not known. */
export function isChained(
  { beforeLow: low, beforeHigh: high }: RecordHeader,
  before: Place | null,
  start: Place,
): boolean {
  if (before) return low === before.low && high === before.high
  return high < start.high || (high === start.high && low < start.low)
}
