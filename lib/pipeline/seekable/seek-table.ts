import type { ByteRange } from '@/lib/core/byte-range'

/**
 * The seek table of the Zstandard seekable format (facebook/zstd, contrib/seekable_format): a skippable frame behind the
 * others, which every reader of zstd passes over. It lists the sizes of all frames, packed and plain, and ends in a footer.
 */
const skippableMagic = 0x184d2a5e
const seekableMagic = 0x8f92eab1
const headBytes = 8
export const footerBytes = 9
/** Of an entry with a checksum of its frame; we write none, because the frames have their own. */
const hasChecksums = 0x80
const reservedBits = 0x7c
/** A frame is held in memory; nobody writes larger ones for reading small ranges. */
const mostFrameBytes = 64 * 1024 * 1024
/** 16 TiB with our frames. A part beyond it is read whole. */
const mostFrames = 4 * 1024 * 1024

export class SeekTableWriter {
  private entries = Buffer.alloc(8 * 1024)
  private used = 0

  add(packedBytes: number, plainBytes: number): void {
    if (this.used === this.entries.length) this.entries = Buffer.concat([this.entries, Buffer.alloc(this.used)])
    this.used = this.entries.writeUInt32LE(packedBytes, this.used)
    this.used = this.entries.writeUInt32LE(plainBytes, this.used)
  }

  /** The whole skippable frame. */
  finish(): Buffer {
    const head = Buffer.alloc(headBytes)
    head.writeUInt32LE(skippableMagic, 0)
    head.writeUInt32LE(this.used + footerBytes, 4)
    const footer = Buffer.alloc(footerBytes)
    footer.writeUInt32LE(this.used / 8, 0)
    footer.writeUInt32LE(seekableMagic, 5)
    return Buffer.concat([head, this.entries.subarray(0, this.used), footer])
  }
}

/** How long the table is that ends with these bytes, its own header included; null when none does, or one that we do not read. */
export function seekTableBytes(tail: Buffer): number | null {
  if (tail.length < footerBytes) return null
  const footer = tail.subarray(-footerBytes)
  const [frames, descriptor] = [footer.readUInt32LE(0), footer.readUInt8(4)]
  if (footer.readUInt32LE(5) !== seekableMagic || (descriptor & reservedBits) !== 0) return null
  if (frames === 0 || frames > mostFrames) return null
  return headBytes + frames * entryBytes(descriptor) + footerBytes
}

const entryBytes = (descriptor: number) => ((descriptor & hasChecksums) === 0 ? 8 : 12)

/** Where each frame lies. */
export class SeekTable {
  private constructor(
    /** Where frames begin, and where the last one ends. */
    private readonly packed: Float64Array,
    private readonly plain: Float64Array,
  ) {}

  /** Null when it does not say exactly what the object must hold. */
  static read(table: Buffer, total: { packedBytes: number; plainBytes: number }): SeekTable | null {
    if (seekTableBytes(table) !== table.length) return null
    if (table.readUInt32LE(0) !== skippableMagic || table.readUInt32LE(4) !== table.length - headBytes) return null
    const frames = table.readUInt32LE(table.length - footerBytes)
    const step = entryBytes(table.readUInt8(table.length - footerBytes + 4))
    const [packed, plain] = [new Float64Array(frames + 1), new Float64Array(frames + 1)]
    for (let frame = 0; frame < frames; frame += 1) {
      const at = headBytes + frame * step
      const [packedBytes, plainBytes] = [table.readUInt32LE(at), table.readUInt32LE(at + 4)]
      if (Math.max(packedBytes, plainBytes) > mostFrameBytes) return null
      packed[frame + 1] = (packed[frame] ?? 0) + packedBytes
      plain[frame + 1] = (plain[frame] ?? 0) + plainBytes
    }
    const isRight = packed[frames] === total.packedBytes - table.length && plain[frames] === total.plainBytes
    return isRight ? new SeekTable(packed, plain) : null
  }

  /** The frame that holds a plain byte. */
  frameAt(plainByte: number): number {
    let [low, high] = [0, this.plain.length - 2]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.plain[middle] ?? 0) <= plainByte) low = middle
      else high = middle - 1
    }
    return low
  }

  packedRange(frame: number): ByteRange {
    return { start: this.packed[frame] ?? 0, end: this.packed[frame + 1] ?? 0 }
  }

  plainRange(frame: number): ByteRange {
    return { start: this.plain[frame] ?? 0, end: this.plain[frame + 1] ?? 0 }
  }
}
