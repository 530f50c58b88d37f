import { createHash } from 'node:crypto'
import { blockBytes, tarNumber } from '@/lib/core/tar/tar-header'
import type { PlacedExtent } from '../index/entry'

const zeroBlock = Buffer.alloc(blockBytes)
/** pax headers of the next entry, and of all: what they hold belongs to the head. */
const paxTypes = new Set(['x', 'g'])
/** Of names and attributes together; the kernel allows less. */
const mostHeadBytes = 16 * 1024 * 1024

/**
 * Reads a tar archive in the pax format, as GNU tar writes it, just enough to tell where its entries lie. Throws a SyntaxError for
 * what it cannot read.
 */
export class TarExtents {
  private block = 0
  private rest: Buffer = Buffer.alloc(0)
  /** Headers of the entry so far. */
  private head: Buffer[] = []
  private headBytes = 0
  /** Blocks of a pax header that are still to come, and those that came. */
  private pax: { left: number; bytes: number; blocks: Buffer[] } | null = null
  /** What the pax header says of the entry's size. */
  private paxSize: number | null = null
  private skip = 0

  constructor(private readonly onExtent: (extent: PlacedExtent) => void) {}

  write(chunk: Buffer): void {
    let at = this.skipContent(chunk, 0)
    if (this.rest.length > 0 && at < chunk.length) {
      const missing = blockBytes - this.rest.length
      this.rest = Buffer.concat([this.rest, chunk.subarray(at, at + missing)])
      at += missing
      if (this.rest.length < blockBytes) return
      const first = this.rest
      this.rest = Buffer.alloc(0)
      this.take(first)
      at = this.skipContent(chunk, at)
    }
    while (at + blockBytes <= chunk.length) {
      this.take(Buffer.from(chunk.subarray(at, at + blockBytes)))
      at = this.skipContent(chunk, at + blockBytes)
    }
    if (at < chunk.length) this.rest = Buffer.from(chunk.subarray(at))
  }

  /** Content is passed over without a look. */
  private skipContent(chunk: Buffer, at: number): number {
    const bytes = Math.min(this.skip, chunk.length - at)
    this.skip -= bytes
    return at + bytes
  }

  private take(block: Buffer): void {
    this.block += 1
    if (this.pax) return this.takePax(this.pax, block)
    // The archive ends in blocks of zeros.
    if (this.head.length === 0 && block.equals(zeroBlock)) return
    this.addHead(block)
    const size = tarNumber(block.subarray(124, 136))
    if (paxTypes.has(String.fromCharCode(block.readUInt8(156)))) {
      if (size > 0) this.pax = { left: Math.ceil(size / blockBytes), bytes: size, blocks: [] }
      return
    }
    const contentBlocks = Math.ceil((this.paxSize ?? size) / blockBytes)
    const headBlocks = this.head.length
    const hash = createHash('sha256')
    for (const each of this.head) hash.update(each)
    this.onExtent({
      block: this.block - headBlocks,
      blocks: headBlocks + contentBlocks,
      headBlocks,
      headSha256: hash.digest('hex'),
    })
    this.block += contentBlocks
    this.skip = contentBlocks * blockBytes
    ;[this.head, this.headBytes, this.paxSize] = [[], 0, null]
  }

  private takePax(pax: NonNullable<typeof this.pax>, block: Buffer): void {
    this.addHead(block)
    pax.blocks.push(block)
    pax.left -= 1
    if (pax.left > 0) return
    this.paxSize = sizeIn(Buffer.concat(pax.blocks).subarray(0, pax.bytes)) ?? this.paxSize
    this.pax = null
  }

  private addHead(block: Buffer): void {
    this.headBytes += block.length
    if (this.headBytes > mostHeadBytes) throw new SyntaxError('an entry of the archive has headers without end')
    this.head.push(block)
  }
}

/** The size in the records of a pax header (`<length> size=<decimal>\n`); null when it says nothing of it. */
function sizeIn(records: Buffer): number | null {
  let size: number | null = null
  for (let at = 0; at < records.length;) {
    const space = records.indexOf(0x20, at)
    const length = space < 0 ? NaN : Number(records.toString('latin1', at, space))
    if (!Number.isSafeInteger(length) || length <= space - at) throw new SyntaxError('a pax header cannot be read')
    const record = records.subarray(space + 1, at + length - 1)
    if (record.subarray(0, 5).equals(Buffer.from('size='))) size = Number(record.toString('latin1', 5))
    at += length
  }
  return size
}
