import type { ArchiveHeader, TocEntry } from './archive-format'
import { attachedTypes, customFormat, magic, newestMinor, oldestMinor } from './archive-format'
import { damaged, unknownFormat } from './archive-error'
import { decodeText, encodingIn } from '@/lib/engines/postgres/connect/decode-text'

const intSize = 4
/** Longest string that is kept; definitions may be longer, but they are read over. */
const keptStringBytes = 4 * 1024 * 1024

/** By number, as pg_backup.h has them. */
const sections: Record<number, TocEntry['section']> = { 2: 'pre-data', 3: 'data', 4: 'post-data' }

/** Types whose definitions restores and restore tests look into; all others are read over. */
const definitionsKept = new Set([
  'ENCODING',
  'TABLE',
  'FOREIGN TABLE',
  'DOMAIN',
  'SEQUENCE SET',
  'DATABASE',
  'DATABASE PROPERTIES',
  'PUBLICATION',
  'INDEX',
])

/** Of these the beginning tells who may make them; their bodies may be long. */
const beginningsKept = new Set(['FUNCTION', 'PROCEDURE', 'CAST', 'TYPE'])
const beginningBytes = 1_000

interface Handlers {
  onHeader(header: ArchiveHeader): void
  onEntry(entry: TocEntry): void
}

/**
 * Reads the header and the table of contents from chunks of any size; keeps one string at a time.
 * Mirrors ReadHead and ReadToc of PostgreSQL's pg_backup_archiver.c.
 */
export class TocReader {
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #offsetSize = 8
  /** Names are in the encoding of the dump, which its first entry tells. */
  #decode = decodeText('UTF8')
  readonly #parse: Generator<undefined, void, undefined>

  constructor(handlers: Handlers) {
    this.#parse = this.#run(handlers)
    this.#parse.next()
  }

  /** Returns the offset in the chunk behind the table of contents, or -1 when it goes on in the next chunk. */
  push(chunk: Buffer): number {
    this.#chunk = chunk
    this.#at = 0
    return this.#parse.next().done ? this.#at : -1
  }

  *#run(handlers: Handlers): Generator<undefined, void, undefined> {
    const header = yield* this.#header()
    handlers.onHeader(header)
    const count = yield* this.#int()
    if (count < 0) throw damaged('its table of contents has no valid length')
    for (let index = 0; index < count; index += 1) handlers.onEntry(yield* this.#entry(header.minor))
  }

  *#header(): Generator<undefined, ArchiveHeader, undefined> {
    const start = (yield* this.#bytes(magic.length, true)).toString('latin1')
    if (start !== magic) throw damaged('it does not start like a pg_dump archive')
    const major = yield* this.#byte()
    const minor = yield* this.#byte()
    yield* this.#byte()
    if (major !== 1 || minor < oldestMinor || minor > newestMinor) {
      throw unknownFormat(`its format ${major}.${minor} is not one of 1.${oldestMinor} to 1.${newestMinor}`)
    }
    if ((yield* this.#byte()) !== intSize) throw unknownFormat('its integers are not four bytes long')
    this.#offsetSize = yield* this.#byte()
    if ((yield* this.#byte()) !== customFormat) throw unknownFormat('it is not in the custom format')
    const compression = minor >= 15 ? yield* this.#byte() : yield* this.#int()
    for (let field = 0; field < 7; field += 1) yield* this.#int()
    const database = yield* this.#text()
    const serverVersion = yield* this.#text()
    const dumpVersion = yield* this.#text()
    return { format: `${major}.${minor}`, minor, plainData: compression === 0, database, serverVersion, dumpVersion }
  }

  *#entry(minor: number): Generator<undefined, TocEntry, undefined> {
    const dumpId = yield* this.#int()
    if (dumpId <= 0) throw damaged('its table of contents has an entry without a number')
    const hasData = (yield* this.#int()) !== 0
    yield* this.#skipText()
    yield* this.#skipText()
    const name = yield* this.#text()
    const type = yield* this.#text()
    const section = sections[yield* this.#int()] ?? 'none'
    const kept = definitionsKept.has(type) || (attachedTypes.has(type) && name.startsWith('DATABASE '))
    const mostBytes = beginningsKept.has(type) ? beginningBytes : 0
    const definition = kept ? yield* this.#definition() : yield* this.#beginning(mostBytes)
    if (type === 'ENCODING') this.#decode = decodeText(encodingIn(definition))
    yield* this.#skipText()
    const copyStatement = type === 'TABLE DATA' ? yield* this.#text() : (yield* this.#skipText(), '')
    const schema = yield* this.#text()
    const tablespace = yield* this.#text()
    if (minor >= 14) yield* this.#skipText()
    if (minor >= 16) yield* this.#int()
    const owner = yield* this.#text()
    yield* this.#skipText()
    const dependencies = yield* this.#numbers()
    yield* this.#bytes(1 + this.#offsetSize, false)
    const about = { type, section, schema, name, tablespace, owner }
    return { dumpId, hasData, ...about, copyStatement, dependencies, definition }
  }

  *#byte(): Generator<undefined, number, undefined> {
    while (this.#at >= this.#chunk.length) yield
    const value = this.#chunk[this.#at] ?? 0
    this.#at += 1
    return value
  }

  *#int(): Generator<undefined, number, undefined> {
    const negative = yield* this.#byte()
    let value = 0
    for (let shift = 0; shift < intSize; shift += 1) value += (yield* this.#byte()) * 2 ** (8 * shift)
    return negative ? -value : value
  }

  *#text(): Generator<undefined, string, undefined> {
    const length = yield* this.#int()
    if (length <= 0) return ''
    if (length > keptStringBytes) throw damaged('its table of contents has a name that is too long')
    return this.#decode(yield* this.#bytes(length, true))
  }

  /** Empty when it is longer than what is kept: that is unusual, not damage. */
  *#definition(): Generator<undefined, string, undefined> {
    const length = yield* this.#int()
    if (length <= 0) return ''
    return this.#decode(yield* this.#bytes(length, length <= keptStringBytes))
  }

  *#beginning(mostBytes: number): Generator<undefined, string, undefined> {
    const length = Math.max(0, yield* this.#int())
    const keptBytes = Math.min(length, mostBytes)
    const beginning = yield* this.#bytes(keptBytes, true)
    yield* this.#bytes(length - keptBytes, false)
    return this.#decode(beginning)
  }

  /** A list of numbers, each written as text; the absent string ends it. */
  *#numbers(): Generator<undefined, number[], undefined> {
    const numbers: number[] = []
    for (;;) {
      const length = yield* this.#int()
      if (length < 0) return numbers
      numbers.push(Number((yield* this.#bytes(length, true)).toString('latin1')))
    }
  }

  /** False for the absent string, which ends a list. */
  *#skipText(): Generator<undefined, boolean, undefined> {
    const length = yield* this.#int()
    if (length > 0) yield* this.#bytes(length, false)
    return length >= 0
  }

  *#bytes(length: number, keep: boolean): Generator<undefined, Buffer, undefined> {
    const pieces: Buffer[] = []
    let missing = length
    while (missing > 0) {
      while (this.#at >= this.#chunk.length) yield
      const piece = this.#chunk.subarray(this.#at, this.#at + missing)
      // What goes on in the next chunk is copied: the memory of this one may be used again by then.
      if (keep) pieces.push(piece.length < missing ? Buffer.from(piece) : piece)
      missing -= piece.length
      this.#at += piece.length
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
  }
}
