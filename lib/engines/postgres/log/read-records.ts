import { formatLsn, type Lsn } from '@/lib/core/log/lsn'
import { BodyReader } from './body-reader'
import { damagedLog } from './damaged'
import {
  isBlockSize,
  isSegmentSize,
  longHeaderBytes,
  majorOf,
  pageFlags,
  readPageHeader,
  readSegmentHeader,
  shortHeaderBytes,
} from './page-header'
import { isSwitch, readingOf, type RecordKind } from './record-body'
import { isChained, type Place, readRecordHeader, recordHeaderBytes } from './record-header'
import { toFact, type WalFact } from './wal-fact'

/**
 * Reads PostgreSQL's log while it passes, and keeps a few KB of it, whatever the size of a record. It begins at the start of any
 * segment; of a record that began in the segment before only the end is seen, and nothing is answered for it. Subtransactions
 * that are rolled back count as aborts of their own, as in PostgreSQL's recovery; committed ones are part of their transaction's commit.
 *
 * Places of pages, the chain of records, and the checksum of every record that is answered are verified: what is damaged is either
 * in what is passed over, or throws.
 */
export class WalReader {
  readonly #segmentBytes: number
  #major: number | null
  #systemIdentifier: bigint | null = null
  #blockBytes = 8192

  /** Where the segment starts, and the next byte in it. Its size divides 4 GB: the high half is the same in the whole of it. */
  #segment: Lsn | null = null
  #high = 0
  #low = 0
  #at = 0
  readonly #page = Buffer.alloc(longHeaderBytes)

  /** Of the record that is being read: its header as far as it came, and the bytes of its body that are to come. */
  readonly #head = Buffer.alloc(recordHeaderBytes)
  #have = 0
  #left = 0
  #start: Place = { low: 0, high: 0 }
  #record: RecordKind | null = null
  readonly #body = new BodyReader()
  /** Whether the body goes to the reader; most are passed over. */
  #reading = false
  /** Between records: what aligns them, and what is left of a segment after a switch. */
  #pass = 0
  /** Start of the record before, which each one names. */
  #before: Place | null = null
  #facts: WalFact[] = []
  #failure: unknown = null

  /** `serverMajor`: the version that must have written the log; any known one when absent. */
  constructor({ segmentBytes, serverMajor }: { segmentBytes: number; serverMajor?: number }) {
    if (!isSegmentSize(segmentBytes)) throw new RangeError(`${segmentBytes} is no size of a segment.`)
    this.#segmentBytes = segmentBytes
    this.#major = serverMajor ?? null
  }

  /** Of the next byte; null before the first one. */
  get position(): Lsn | null {
    return this.#segment === null ? null : this.#segment + BigInt(this.#at)
  }

  /**
   * Takes the bytes that begin at `lsn`, which is the start of a segment at first and continues the bytes before from then on (a
   * RangeError otherwise). Answers what they complete, in the order of the log. Throws `object-damaged` with the position, also for
   * every call afterwards; zeros in the place of a record are damage as well. The bytes are not kept.
   */
  write(lsn: Lsn, bytes: Buffer): WalFact[] {
    if (this.#failure !== null) throw this.#failure
    if (this.#segment === null) this.#begin(lsn)
    else if (lsn !== this.position)
      throw new RangeError(`The log goes on at ${formatLsn(this.position ?? 0n)}, not at ${formatLsn(lsn)}.`)
    this.#facts = []
    try {
      let index = 0
      while (index < bytes.length) index += this.#step(bytes, index)
    } catch (error) {
      this.#failure = error
      throw error
    }
    return this.#facts
  }

  #begin(lsn: Lsn): void {
    if (lsn % BigInt(this.#segmentBytes) !== 0n) throw new RangeError(`${formatLsn(lsn)} does not start a segment.`)
    this.#segment = lsn
    this.#high = Number(lsn >> 32n)
    this.#low = Number(lsn & 0xffff_ffffn)
    this.#at = 0
  }

  /** Takes some of the bytes from `index` on; how many. */
  #step(bytes: Buffer, index: number): number {
    const available = bytes.length - index
    if (this.#pass > 0) {
      const passed = Math.min(this.#pass, available)
      this.#pass -= passed
      return this.#advance(passed)
    }
    const inPage = this.#at % this.#blockBytes
    const headerBytes = this.#at < longHeaderBytes ? longHeaderBytes : shortHeaderBytes
    if (inPage < headerBytes) {
      const taken = Math.min(headerBytes - inPage, available)
      bytes.copy(this.#page, inPage, index, index + taken)
      if (inPage + taken === headerBytes) this.#checkPage(headerBytes)
      return this.#advance(taken)
    }
    const here = Math.min(this.#blockBytes - inPage, available)
    if (this.#have < recordHeaderBytes) return this.#takeHead(bytes, index, here)
    const taken = Math.min(this.#left, here)
    if (this.#reading) this.#takeBody(bytes, index, index + taken)
    this.#left -= taken
    this.#advance(taken)
    if (this.#left === 0) this.#endRecord()
    return taken
  }

  #advance(bytes: number): number {
    this.#at += bytes
    if (this.#at === this.#segmentBytes && this.#segment !== null)
      this.#begin(this.#segment + BigInt(this.#segmentBytes))
    return bytes
  }

  #takeHead(bytes: Buffer, index: number, here: number): number {
    if (this.#have === 0) this.#start = { low: this.#low + this.#at, high: this.#high }
    const taken = Math.min(recordHeaderBytes - this.#have, here)
    // Most headers are in one piece, and are read where they are.
    const whole = taken === recordHeaderBytes
    if (!whole) bytes.copy(this.#head, this.#have, index, index + taken)
    this.#have += taken
    this.#advance(taken)
    if (this.#have === recordHeaderBytes) this.#beginRecord(whole ? bytes : this.#head, whole ? index : 0)
    return taken
  }

  #beginRecord(bytes: Buffer, at: number): void {
    const record = readRecordHeader(bytes, at, this.#major ?? 0)
    const { bodyBytes } = record
    if (bodyBytes < 0)
      throw this.#recordDamaged(bytes.readUInt32LE(at) === 0 ? 'holds no record' : 'holds a record that is too short')
    if (!isChained(record, this.#before, this.#start))
      throw this.#recordDamaged('holds a record that does not follow the one before')
    this.#left = bodyBytes
    this.#record = record
    const reading = readingOf(record)
    this.#reading = reading !== null
    if (reading) {
      if (bytes !== this.#head) bytes.copy(this.#head, 0, at, at + recordHeaderBytes)
      this.#body.begin(reading(record))
    }
    if (bodyBytes === 0) this.#endRecord()
  }

  #endRecord(): void {
    const record = this.#record
    const content = this.#reading ? this.#readable(() => this.#body.end(this.#head)) : null
    this.#have = 0
    this.#reading = false
    this.#record = null
    // Of a record that began before the first byte, neither its start nor its kind is known.
    if (record === null) return this.#align()
    this.#before = this.#start
    if (isSwitch(record)) this.#pass = this.#at === 0 ? 0 : this.#segmentBytes - this.#at
    else this.#align()
    if (content === null) return
    this.#facts.push(toFact(content, lsnOf(this.#start), (this.position ?? 0n) + BigInt(this.#pass)))
  }

  #takeBody(bytes: Buffer, from: number, to: number): void {
    this.#readable(() => this.#body.take(bytes, from, to))
  }

  #readable<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw this.#recordDamaged(`holds a record that cannot be read: ${error.message}`)
    }
  }

  #align(): void {
    this.#pass = -this.#at & 7
  }

  #checkPage(headerBytes: number): void {
    const header = readPageHeader(this.#page)
    const first = this.#systemIdentifier === null
    const place = this.#at - (this.#at % this.#blockBytes)
    if (header.addressLow !== this.#low + place || header.addressHigh !== this.#high)
      throw this.#pageDamaged('is not the page that belongs here')
    const major = majorOf(header.magic)
    if (major === null || (this.#major !== null && major !== this.#major))
      throw this.#pageDamaged(`is no page of PostgreSQL${this.#major === null ? '' : ` ${this.#major}`}`)
    this.#major = major
    if (((header.flags & pageFlags.long) !== 0) !== (headerBytes === longHeaderBytes))
      throw this.#pageDamaged('has a header of the wrong kind')
    if (headerBytes === longHeaderBytes) this.#checkSegment()
    const wanted = this.#wanted()
    const continued = (header.flags & pageFlags.continued) !== 0
    if (wanted > 0 && (header.flags & pageFlags.abandoned) !== 0) this.#abandon()
    else if (first && continued && header.remaining > 0) {
      this.#have = recordHeaderBytes
      this.#left = header.remaining
    } else if (continued !== wanted > 0 || header.remaining !== wanted)
      throw this.#pageDamaged('does not go on with the record of the page before')
  }

  /** Bytes of the record that goes on here. */
  #wanted(): number {
    if (this.#have === 0) return 0
    // Its length comes first, and no page ends within that: records are aligned to 8 bytes, as pages are.
    if (this.#have < recordHeaderBytes) return this.#head.readUInt32LE(0) - this.#have
    return this.#left
  }

  #checkSegment(): void {
    const { systemIdentifier, segmentBytes, blockBytes } = readSegmentHeader(this.#page)
    if (segmentBytes !== this.#segmentBytes)
      throw this.#pageDamaged(`is of a log with segments of ${segmentBytes} bytes`)
    if (!isBlockSize(blockBytes)) throw this.#pageDamaged(`names pages of ${blockBytes} bytes`)
    if (this.#systemIdentifier === null) this.#blockBytes = blockBytes
    else if (systemIdentifier !== this.#systemIdentifier || blockBytes !== this.#blockBytes)
      throw this.#pageDamaged('is of another cluster')
    this.#systemIdentifier = systemIdentifier
  }

  /** The server crashed while it wrote this record, and went on with another one. */
  #abandon(): void {
    this.#have = 0
    this.#left = 0
    this.#record = null
    this.#reading = false
  }

  #pageDamaged(what: string): Error {
    return damagedLog((this.#segment ?? 0n) + BigInt(this.#at - (this.#at % this.#blockBytes)), what)
  }

  #recordDamaged(what: string): Error {
    return damagedLog(lsnOf(this.#start), what)
  }
}

const lsnOf = ({ low, high }: Place): Lsn => (BigInt(high) << 32n) + BigInt(low)
