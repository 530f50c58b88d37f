import { Transform, type TransformCallback } from 'node:stream'
import { damaged } from './archive-error'
import type { ArchiveHeader, TableData, TocEntry } from './archive-format'
import { TocReader } from './read-toc'
import { DataWalker } from './walk-data'

export interface WalkOptions {
  /** Count the rows of every table (reads each byte; only for archives with uncompressed data). */
  countRows?: boolean
  /** `RowsHash` of every table's COPY text; implies `countRows`. */
  hashRows?: boolean
  onEntry?(entry: TocEntry): void
  onTable?(table: TableData): void
  /** Awaited at the end of the input, before the end is passed on; rejects to make the stream fail instead. */
  beforeEnd?(): Promise<void>
}

/** Counted while walking. */
export interface ArchiveSummary {
  header: ArchiveHeader
  entries: number
  dataBlocks: number
  largeObjects: number
  /** `ObjectsHash` of the large objects; of none of them when no hashes were asked for. */
  largeObjectsHash: string
}

/**
 * Passes a custom archive through unchanged and follows its structure. Fails with `producer-truncated` when the input
 * is empty, malformed, cut anywhere, or has anything behind its end. Memory: the numbers of entries with data.
 *
 * What it cannot see is a changed byte inside a value: that is what the checksums of the pipeline are for.
 */
export class ArchiveWalker extends Transform {
  readonly #toc: TocReader
  readonly #withData = new Set<number>()
  #data: DataWalker | null = null
  #header: ArchiveHeader | null = null
  #entries = 0
  #bytes = 0

  constructor(private readonly options: WalkOptions = {}) {
    super({ readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024 })
    this.#toc = new TocReader({
      onHeader: (header) => {
        this.#header = header
      },
      onEntry: (entry) => {
        this.#entries += 1
        if (entry.hasData) this.#withData.add(entry.dumpId)
        options.onEntry?.(entry)
      },
    })
  }

  /** Bytes that went through. */
  get bytes(): number {
    return this.#bytes
  }

  /** Complete once the stream has ended without an error. */
  summary(): ArchiveSummary {
    if (!this.#header) throw damaged('it has no header')
    return {
      header: this.#header,
      entries: this.#entries,
      dataBlocks: this.#data?.seen.size ?? 0,
      largeObjects: this.#data?.largeObjects ?? 0,
      largeObjectsHash: this.#data?.largeObjectsHash ?? '',
    }
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#bytes += chunk.length
    try {
      this.#follow(chunk)
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)))
      return
    }
    callback(null, chunk)
  }

  override _flush(callback: TransformCallback): void {
    void this.#finish().then(
      () => callback(),
      (error: Error) => callback(error),
    )
  }

  async #finish(): Promise<void> {
    await this.options.beforeEnd?.()
    if (this.#bytes === 0) throw damaged('it is empty (0 bytes)')
    if (!this.#data) throw damaged('it ends inside its table of contents')
    this.#data.end()
  }

  #follow(chunk: Buffer): void {
    if (this.#data) {
      this.#data.push(chunk, 0)
      return
    }
    const behind = this.#toc.push(chunk)
    if (behind < 0) return
    const plain = this.#header?.plainData ?? false
    const hashRows = plain && (this.options.hashRows ?? false)
    this.#data = new DataWalker(this.#withData, {
      countRows: plain && ((this.options.countRows ?? false) || hashRows),
      hashRows,
      onTable: (table) => this.options.onTable?.(table),
    })
    this.#data.push(chunk, behind)
  }
}
