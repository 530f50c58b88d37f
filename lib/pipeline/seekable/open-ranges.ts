import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { ByteRange } from '@/lib/core/byte-range'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { PartRanges } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { ByteQueue } from '../byte-queue'
import { endOnAbort, translate } from '../open-part'
import { groupRanges, type RangeGroup } from './group-ranges'
import { openPacked, type OpenRangesInput, type PackedObject } from './packed-object'
import { footerBytes, SeekTable, seekTableBytes } from './seek-table'

const unpack = promisify(zstdDecompress)
/** Of the end that is read first: the seek table of 32 GB and less fits in. */
const tailBytes = 64 * 1024

/** Plain bytes, and where in the part they begin. */
interface Piece {
  start: number
  bytes: Buffer
}

/** How a compression is read from the middle. */
interface Reader {
  packedOf(plain: ByteRange): ByteRange
  pieces(group: RangeGroup, run: RunContext): AsyncGenerator<Piece>
}

/**
 * Opens a part for reading its middle: two or three small requests, and one for each group of ranges that lie together. Null
 * when it was not made for that, or when what would be needed for it is damaged: reading it whole tells what is wrong.
 *
 * Nothing is compared with the hashes of the manifest (see `PartRanges`). The stream fails with `object-damaged` and with the
 * errors of `Storage.get`.
 */
export async function openRanges(input: OpenRangesInput, run: RunContext): Promise<PartRanges | null> {
  const { compression } = input.part
  if (compression !== 'none' && compression !== 'zstd') return null
  const object = await openPacked(input, run)
  const reader = object && (compression === 'none' ? plainReader(input, object) : await frameReader(input, object, run))
  return (
    reader && {
      read: (ranges, scope) => {
        const stream = Readable.from(wanted(input, reader, ranges, scope), { objectMode: false })
        endOnAbort(stream, scope.signal)
        return stream
      },
    }
  )
}

async function* wanted(
  input: OpenRangesInput,
  reader: Reader,
  ranges: AsyncIterable<ByteRange> | Iterable<ByteRange>,
  run: RunContext,
): AsyncGenerator<Buffer> {
  try {
    for await (const group of groupRanges(ranges, reader.packedOf)) {
      let next = 0
      for await (const { start, bytes } of reader.pieces(group, run)) {
        for (let range = group.plain[next]; range && range.start < start + bytes.length; range = group.plain[next]) {
          yield bytes.subarray(Math.max(0, range.start - start), range.end - start)
          if (range.end > start + bytes.length) break
          next += 1
        }
      }
    }
  } catch (error) {
    throw translate(input, error)
  }
}

/** A part that is not compressed. */
function plainReader({ part }: OpenRangesInput, object: PackedObject): Reader | null {
  if (object.packedBytes !== part.sourceBytes) return null
  return {
    packedOf: (plain) => plain,
    async *pieces({ packed }, run) {
      let { start } = packed
      for await (const chunk of await object.read(packed, run)) {
        const bytes = Buffer.from(chunk)
        yield { start, bytes }
        start += bytes.length
      }
    },
  }
}

async function frameReader({ part }: OpenRangesInput, object: PackedObject, run: RunContext): Promise<Reader | null> {
  const table = await readTable(object, part.sourceBytes, run)
  if (!table) return null
  return {
    packedOf: ({ start, end }) => ({
      start: table.packedRange(table.frameAt(start)).start,
      end: table.packedRange(table.frameAt(end - 1)).end,
    }),
    async *pieces(group, run) {
      const first = group.plain[0]
      if (!first) return
      const pending = new ByteQueue()
      let frame = table.frameAt(first.start)
      let range = 0
      for await (const chunk of await object.read(group.packed, run)) {
        pending.push(Buffer.from(chunk))
        for (;;) {
          const packed = table.packedRange(frame)
          const size = packed.end - packed.start
          if (packed.start >= group.packed.end || pending.length < size) break
          const plain = table.plainRange(frame)
          const bytes = Buffer.concat(pending.take(size))
          frame += 1
          while ((group.plain[range]?.end ?? Infinity) <= plain.start) range += 1
          // Frames between two ranges were only read because asking around them takes longer.
          if ((group.plain[range]?.start ?? Infinity) >= plain.end) continue
          yield { start: plain.start, bytes: await unpackFrame(bytes, plain.end - plain.start) }
        }
      }
    },
  }
}

async function unpackFrame(packed: Buffer, plainBytes: number): Promise<Buffer> {
  const plain = await unpack(packed, { maxOutputLength: plainBytes, rejectGarbageAfterEnd: true }).catch(
    (cause: unknown) => {
      throw new HoldfastError('object-damaged', `it does not decompress (${String(cause)})`, { cause })
    },
  )
  if (plain.length === plainBytes) return plain
  throw new HoldfastError('object-damaged', `a frame has ${plain.length} bytes, not ${plainBytes}`)
}

/** The end is read, and with it whether it is the end. */
async function readTable(object: PackedObject, plainBytes: number, run: RunContext): Promise<SeekTable | null> {
  const { packedBytes } = object
  const last = async (bytes: number) => {
    const start = Math.max(0, packedBytes - bytes)
    return buffer(await object.read({ start, end: packedBytes }, run))
  }
  if (packedBytes < footerBytes) return null
  let tail = await last(tailBytes)
  const tableBytes = seekTableBytes(tail)
  if (tableBytes === null || tableBytes > packedBytes) return null
  if (tableBytes > tail.length) tail = await last(tableBytes)
  return SeekTable.read(tail.subarray(tail.length - tableBytes), { packedBytes, plainBytes })
}
