import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream'
import type { ByteRange } from '@/lib/core/byte-range'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { PartRanges } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { type IndexEntry, type PlacedExtent, readEntry } from '../index/entry'
import { linesOf } from '@/lib/process/lines'
import { pathWords } from '../tree/tree-path'
import type { Wanted } from './chain'
import { ObserveTar } from './observe-tar'
import { blockBytes } from '@/lib/core/tar/tar-header'

/** Two blocks of zeros. */
const endOfArchive = Buffer.alloc(2 * blockBytes)
/** Smaller archives are read whole: the requests would take longer. */
const smallBytes = 1024 * 1024

/** Whether it pays to read single entries of an archive. */
export const isWorthIt = ({ bytes, part }: Wanted): boolean =>
  bytes !== null && part.storedBytes >= smallBytes && bytes * 2 < part.sourceBytes

/**
 * An archive of the wanted entries alone, in the order in which they were stored. The index vouches for them, and the hash of
 * the whole part does not have to: headers pass once their hash is the index's, and content is hashed on the way. The stream
 * fails with `object-damaged` before its end when anything differs.
 */
export function openEntries(wanted: Wanted, ranges: PartRanges, run: RunContext): Readable {
  const heads = new CheckHeads(entriesOf(wanted))
  const archive: ObserveTar = new ObserveTar({
    onEntry: ({ sha256 }) => {
      const entry = heads.passed.shift()
      if (!entry || (sha256 !== null && sha256 !== entry.sha256)) archive.destroy(damaged(entry))
    },
  })
  pipeline(ranges.read(rangesOf(wanted), run), heads, archive, () => undefined)
  return archive
}

interface Placed {
  entry: IndexEntry
  extent: PlacedExtent
}

/** In the order of the archive: that of the index, with the files in between that other names need. */
async function* entriesOf({ entriesFile, linked }: Wanted): AsyncGenerator<Placed> {
  const waiting = linked.map(placed).toSorted((a, b) => a.extent.block - b.extent.block)
  for await (const line of linesOf(createReadStream(entriesFile))) {
    const next = placed(readEntry(line))
    while (waiting[0] && waiting[0].extent.block < next.extent.block) yield* waiting.splice(0, 1)
    yield next
  }
  yield* waiting
}

function placed(entry: IndexEntry): Placed {
  if (!entry.extent) throw new TypeError('only entries whose extent is known are read alone')
  return { entry, extent: { block: entry.block, ...entry.extent } }
}

/** Entries that follow one another are one range. */
async function* rangesOf(wanted: Wanted): AsyncGenerator<ByteRange> {
  let range: ByteRange | null = null
  for await (const { entry, extent } of entriesOf(wanted)) {
    const start = extent.block * blockBytes
    const end = start + extent.blocks * blockBytes
    if (range && start < range.end) throw damaged(entry, 'its place in the archive is that of another one')
    if (end > wanted.part.sourceBytes) throw damaged(entry, 'its place is behind the end of the archive')
    if (range && range.end === start) range.end = end
    else {
      if (range) yield range
      range = { start, end }
    }
  }
  if (range) yield range
}

/** An entry whose bytes are coming. */
interface Current {
  placed: Placed
  hash: Hash
  head: Buffer[]
  headLeft: number
  left: number
}

/** Holds the headers of each entry back until they are those that were stored, and ends the archive. */
class CheckHeads extends Transform {
  /** Entries whose headers went through, and whose content is still on its way. */
  readonly passed: IndexEntry[] = []
  private current: Current | null = null

  constructor(private readonly expected: AsyncGenerator<Placed>) {
    super()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.check(chunk).then(() => callback(), callback)
  }

  override _flush(callback: TransformCallback): void {
    this.checkEnd().then(() => callback(null, endOfArchive), callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.expected.return(undefined).then(
      () => callback(error),
      () => callback(error),
    )
  }

  private async check(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const current = (this.current ??= await this.next())
      const bytes = chunk.subarray(at, at + (current.headLeft || current.left))
      at += bytes.length
      if (current.headLeft > 0) {
        current.head.push(bytes)
        current.hash.update(bytes)
        current.headLeft -= bytes.length
        if (current.headLeft === 0) this.passHead(current)
      } else {
        current.left -= bytes.length
        this.push(bytes)
      }
      if (current.headLeft === 0 && current.left === 0) this.current = null
    }
  }

  private passHead({ placed: { entry, extent }, hash, head }: Current): void {
    if (hash.digest('hex') !== extent.headSha256) throw damaged(entry)
    this.passed.push(entry)
    for (const bytes of head) this.push(bytes)
  }

  private async next(): Promise<Current> {
    const { value } = await this.expected.next()
    if (!value) throw damaged(undefined)
    const { blocks, headBlocks } = value.extent
    const headLeft = headBlocks * blockBytes
    return { placed: value, hash: createHash('sha256'), head: [], headLeft, left: blocks * blockBytes - headLeft }
  }

  private async checkEnd(): Promise<void> {
    if (this.current) throw damaged(this.current.placed.entry)
    const { value } = await this.expected.next()
    if (value) throw damaged(value.entry)
  }
}

function damaged(entry: IndexEntry | undefined, what = 'it is not what was backed up'): HoldfastError {
  const name = entry ? pathWords(entry.path) : 'what follows the last file'
  return new HoldfastError('object-damaged', `The backup of ${name} is damaged: ${what}.`, {
    remedy: 'Restore the file from another copy or an older backup, and run a restore test of the other backups.',
    ...(entry ? { facts: { path: name, part: entry.part } } : {}),
  })
}
