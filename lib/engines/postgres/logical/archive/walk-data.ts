import { damaged } from './archive-error'
import type { TableData } from './archive-format'
import { blockBlobs, blockData } from './archive-format'
import { ObjectsHash } from './objects-hash'
import { RowsHash } from './rows-hash'

const intBytes = 5
const newline = 10
/** pg_dump closes COPY data with a line `\.` and two empty lines; these are the last four bytes, packed. */
const copyEnd = 0x2e0a0a0a
const copyEndLines = 3

type Expect = 'block-type' | 'block-id' | 'length' | 'object-id'

export interface DataOptions {
  /** Count rows per table; only for uncompressed data. */
  countRows: boolean
  /** `RowsHash` of each table's COPY text; implies reading every byte. */
  hashRows: boolean
  onTable(table: TableData): void
}

/**
 * Walks the data blocks behind the table of contents by their lengths. pg_dump up to 16 writes one block per row when
 * uncompressed, so the loop is written for many small blocks: no allocation and no call per block.
 */
export class DataWalker {
  readonly seen = new Set<number>()
  largeObjects = 0
  #expect: Expect = 'block-type'
  #inBlobs = false
  #left = 0
  #dumpId = 0
  #lines = 0
  #tail = 0
  #hash: RowsHash | null = null
  readonly #objects = new ObjectsHash()
  readonly #carry = Buffer.alloc(intBytes)
  #carried = 0

  constructor(
    private readonly expected: ReadonlySet<number>,
    private readonly options: DataOptions,
  ) {}

  push(chunk: Buffer, from: number): void {
    let at = from
    const end = chunk.length
    while (at < end) {
      if (this.#left > 0) {
        const take = Math.min(this.#left, end - at)
        if (!this.#inBlobs) this.#content(chunk, at, at + take)
        else if (this.options.hashRows) this.#objects.update(chunk.subarray(at, at + take))
        at += take
        this.#left -= take
      } else if (this.#expect === 'block-type') {
        this.#blockType(chunk[at] ?? 0)
        at += 1
      } else if (this.#carried === 0 && end - at >= intBytes) {
        this.#number(readInt(chunk, at))
        at += intBytes
      } else {
        this.#carry[this.#carried] = chunk[at] ?? 0
        this.#carried += 1
        at += 1
        if (this.#carried === intBytes) {
          this.#carried = 0
          this.#number(readInt(this.#carry, 0))
        }
      }
    }
  }

  /** Throws unless the last block has ended and every entry with data had its block. */
  end(): void {
    if (this.#left > 0 || this.#carried > 0 || this.#expect !== 'block-type')
      throw damaged('it ends inside a data block')
    const missing = this.expected.size - this.seen.size
    if (missing > 0) throw damaged(`the data of ${missing} of its ${this.expected.size} entries is missing`)
  }

  #blockType(type: number): void {
    if (type !== blockData && type !== blockBlobs) throw damaged(`it has a data block of unknown type ${type}`)
    this.#inBlobs = type === blockBlobs
    this.#expect = 'block-id'
  }

  #number(value: number): void {
    if (this.#expect === 'length') {
      if (value < 0) throw damaged('a data block has a negative length')
      if (value > 0) this.#left = value
      else if (this.#inBlobs) this.#endObject()
      else this.#endTable()
    } else if (this.#expect === 'object-id') {
      if (value === 0) this.#expect = 'block-type'
      else {
        this.largeObjects += 1
        if (this.options.hashRows) this.#objects.begin(value)
        this.#expect = 'length'
      }
    } else this.#startBlock(value)
  }

  #startBlock(dumpId: number): void {
    if (!this.expected.has(dumpId)) throw damaged(`it has data for the entry ${dumpId}, which it does not list`)
    if (this.seen.has(dumpId)) throw damaged(`it has data for the entry ${dumpId} twice`)
    this.seen.add(dumpId)
    this.#dumpId = dumpId
    this.#lines = 0
    this.#tail = 0
    this.#hash = this.options.hashRows && !this.#inBlobs ? new RowsHash() : null
    this.#expect = this.#inBlobs ? 'object-id' : 'length'
  }

  /** `ObjectsHash` of all large objects. */
  get largeObjectsHash(): string {
    return this.#objects.digest()
  }

  #endObject(): void {
    if (this.options.hashRows) this.#objects.end()
    this.#expect = 'object-id'
  }

  #endTable(): void {
    this.#expect = 'block-type'
    if (!this.options.countRows) return
    const lines = this.#hash ? this.#hash.rows : this.#lines
    const rows = this.#tail === copyEnd ? lines - copyEndLines : lines
    const rowsHash = this.#hash?.digest()
    this.options.onTable({ dumpId: this.#dumpId, rows, ...(rowsHash ? { rowsHash } : {}) })
  }

  #content(chunk: Buffer, from: number, to: number): void {
    if (!this.options.countRows) return
    let at = from
    if (this.#hash) {
      // It finds the ends of the rows itself.
      this.#hash.update(chunk, from, to)
      at = Math.max(from, to - 4)
    }
    let lines = 0
    let tail = this.#tail
    for (; at < to; at += 1) {
      const byte = chunk[at] ?? 0
      // COPY text escapes line breaks inside values, so every newline byte ends a row.
      if (byte === newline) lines += 1
      tail = ((tail << 8) | byte) >>> 0
    }
    this.#lines += lines
    this.#tail = tail
  }
}

/** A sign byte, then four bytes, the lowest first. */
function readInt(bytes: Buffer, at: number): number {
  const value =
    (bytes[at + 1] ?? 0) +
    (bytes[at + 2] ?? 0) * 0x100 +
    (bytes[at + 3] ?? 0) * 0x1_0000 +
    (bytes[at + 4] ?? 0) * 0x100_0000
  return bytes[at] === 0 ? value : -value
}
