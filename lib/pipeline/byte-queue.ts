import { recycle } from '@/lib/process/buffer-pool'

/** Bytes in the order they came, taken in portions of another size without copying them. */
export class ByteQueue {
  private readonly chunks: Buffer[] = []
  /** How much of the first chunk was taken. */
  private offset = 0
  private readonly emptied: Buffer[] = []
  length = 0

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.chunks.push(chunk)
    this.length += chunk.length
  }

  /** The first `size` bytes as slices of what was pushed. There must be so many. */
  take(size: number): Buffer[] {
    if (size > this.length) throw new RangeError(`cannot take ${size} of ${this.length} bytes`)
    const slices: Buffer[] = []
    let missing = size
    while (missing > 0) {
      const first = this.chunks[0]
      if (!first) break
      const slice = first.subarray(this.offset, this.offset + missing)
      slices.push(slice)
      missing -= slice.length
      this.offset += slice.length
      if (this.offset < first.length) continue
      this.chunks.shift()
      this.emptied.push(first)
      this.offset = 0
    }
    this.length -= size
    return slices
  }

  /** Gives back the memory of what was taken to its end (see BufferPool): no slice of it may be read after this. */
  release(): void {
    for (const chunk of this.emptied.splice(0)) recycle(chunk)
  }
}
