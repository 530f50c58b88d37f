import { crc32c } from '@node-rs/crc32'
import { mostAtOnce, type BodyReading, type RecordContent } from './record-body'

/** Where a record's header keeps the checksum of all of the record but these four bytes. */
const checksumAt = 20

/** Drives the reading of one record's body after the other. What is not read is passed over, and only its checksum is taken. */
export class BodyReader {
  readonly #bytes = Buffer.alloc(mostAtOnce)
  #reading: BodyReading | null = null
  #content: RecordContent | null = null
  /** Bytes that the reading waits for; below zero: that it skips. */
  #want = 0
  #have = 0
  #checksum = 0

  begin(reading: BodyReading): void {
    this.#reading = reading
    this.#content = null
    this.#checksum = 0
    this.#resume()
  }

  /** The next bytes of the body. Throws a RangeError for what no server writes. */
  take(bytes: Buffer, from: number, to: number): void {
    this.#checksum = crc32c(bytes.subarray(from, to), this.#checksum)
    let index = from
    while (index < to && this.#content === null) {
      const left = to - index
      if (this.#want < 0) {
        const skipped = Math.min(-this.#want, left)
        this.#want += skipped
        index += skipped
        if (this.#want === 0) this.#resume()
      } else {
        const taken = Math.min(this.#want - this.#have, left)
        // A few bytes at a time: faster than a call of `copy` for each.
        for (const end = index + taken; index < end; index += 1) this.#bytes[this.#have++] = bytes[index] ?? 0
        if (this.#have === this.#want) this.#resume()
      }
    }
  }

  /** After the last byte. `head`: the header of the record. Throws a RangeError when the record is not what was written. */
  end(head: Buffer): RecordContent {
    const checksum = crc32c(head.subarray(0, checksumAt), this.#checksum)
    if (checksum !== head.readUInt32LE(checksumAt)) throw new RangeError('its checksum does not fit')
    if (this.#content === null) throw new RangeError('it ends too early')
    return this.#content
  }

  #resume(): void {
    this.#have = 0
    const next = this.#reading?.next(this.#bytes)
    if (next?.done) this.#content = next.value
    else this.#want = next?.value ?? 0
  }
}
