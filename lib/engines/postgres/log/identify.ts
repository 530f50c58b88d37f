import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn, type Lsn } from '@/lib/core/log/lsn'
import { numberOfSegment, segmentStart, timelineText, walFileOf } from '@/lib/core/log/wal-name'
import {
  isBlockSize,
  isSegmentSize,
  longHeaderBytes,
  majorOf,
  pageFlags,
  readPageHeader,
  readSegmentHeader,
} from './page-header'

/** What a segment says of itself on its first page. */
export interface SegmentIdentity {
  /** Of the cluster that wrote it: a decimal number of 64 bits. */
  systemIdentifier: string
  /** Of its first page: that of its name, or an earlier one when its timeline begins within the segment. */
  timeline: number
  segmentBytes: number
  /** Where the segment starts. */
  pageAddress: Lsn
  /** Of the server that wrote it. */
  major: number
}

/** What is known of the log that it is to belong to, and of the file. */
export interface KnownLog {
  systemIdentifier?: string
  segmentBytes?: number
  major?: number
  /** Length of the whole file. */
  sizeBytes?: number
}

/** As much of a segment as `identifySegment` looks at. */
export const identityBytes = longHeaderBytes

/**
 * Whether bytes are the segment that their name says, and of the log that is known. `head`: the file's first bytes, `identityBytes`
 * or more. Throws `object-damaged` when they are no such segment (empty, cut off, other bytes, another segment's), and `log-foreign` when
 * they are one of another cluster, version, segment size or timeline, or when the name is none of a segment.
 */
export function identifySegment(head: Buffer, name: string, known: KnownLog = {}): SegmentIdentity {
  const file = walFileOf(name)
  if (file?.kind !== 'segment') throw foreign(name, 'that is no name of a segment')
  if (head.length === 0 || known.sizeBytes === 0) throw damaged(name, 'it is empty')
  if (head.length < identityBytes) throw damaged(name, `it is cut off after ${head.length} bytes`)
  const page = readPageHeader(head)
  const major = majorOf(page.magic)
  const { systemIdentifier, segmentBytes, blockBytes } = readSegmentHeader(head)
  if (major === null) throw damaged(name, 'it does not begin like the log of a version of PostgreSQL from 13 to 18')
  if ((page.flags & pageFlags.long) === 0 || !isBlockSize(blockBytes) || !isSegmentSize(segmentBytes))
    throw damaged(name, 'its first page is not that of a segment')
  const identity: SegmentIdentity = {
    systemIdentifier: String(systemIdentifier),
    timeline: page.timeline,
    segmentBytes,
    pageAddress: (BigInt(page.addressHigh) << 32n) + BigInt(page.addressLow),
    major,
  }
  checkLog(name, identity, known)
  const number = numberOfSegment(file, segmentBytes)
  if (number === null) throw foreign(name, `no segment of ${segmentBytes} bytes has this name`)
  const start = segmentStart(number, segmentBytes)
  if (identity.pageAddress !== start)
    throw damaged(
      name,
      `it is what starts at ${formatLsn(identity.pageAddress)}, and by its name it starts at ${formatLsn(start)}`,
    )
  if (page.timeline === 0 || page.timeline > file.timeline)
    throw foreign(name, `it is of timeline ${page.timeline === 0 ? '0' : timelineText(page.timeline)}`)
  if (known.sizeBytes !== undefined && known.sizeBytes !== segmentBytes)
    throw damaged(name, `it has ${known.sizeBytes} bytes instead of ${segmentBytes}`)
  return identity
}

function checkLog(name: string, found: SegmentIdentity, known: KnownLog): void {
  if (known.systemIdentifier !== undefined && found.systemIdentifier !== known.systemIdentifier)
    throw foreign(name, `it is of the cluster ${found.systemIdentifier}, and the log is of ${known.systemIdentifier}`)
  if (known.major !== undefined && found.major !== known.major)
    throw foreign(name, `PostgreSQL ${found.major} wrote it, and the log is of ${known.major}`)
  if (known.segmentBytes !== undefined && found.segmentBytes !== known.segmentBytes)
    throw foreign(
      name,
      `it is of a cluster with segments of ${found.segmentBytes} bytes instead of ${known.segmentBytes}`,
    )
}

const foreign = (name: string, reason: string) =>
  new HoldfastError('log-foreign', `${name} does not belong to this log: ${reason}.`, {
    remedy:
      'Check the address of the source. A server that was restored or cloned must not send its log in the name of the original.',
    facts: { segment: name },
  })

const damaged = (name: string, reason: string) =>
  new HoldfastError('object-damaged', `${name} is not the segment that it should be: ${reason}.`, {
    facts: { segment: name },
  })
