/** Bytes in the order they came, taken in portions of another size without copying them. */
export class ByteQueue {
  private readonly chunks: Buffer[] = []
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
      const first = this.chunks.shift()
      if (!first) break
      if (first.length <= missing) {
        slices.push(first)
        missing -= first.length
      } else {
        slices.push(first.subarray(0, missing))
        this.chunks.unshift(first.subarray(missing))
        missing = 0
      }
    }
    this.length -= size
    return slices
  }
}
