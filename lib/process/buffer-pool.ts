/** What a pool keeps at most for later use: more than a chain of stages holds between reader and writer. */
const keptBuffers = 32

const home = new WeakMap<Buffer, BufferPool>()

/**
 * Buffers of one size that are used again. Node gives each read a fresh 64 KiB outside the heap, and V8 collects the
 * whole heap every few MB of those: more than half of what a backup cost this process. A buffer that nobody gives back
 * is simply collected, so giving back is never a duty.
 */
export class BufferPool {
  private readonly free: Buffer[] = []

  constructor(readonly sizeBytes: number) {}

  take(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafeSlow(this.sizeBytes)
  }

  /** Marks the part of a taken buffer that holds data as what `recycle` gives back. */
  lend(buffer: Buffer, length: number): Buffer {
    const chunk = buffer.subarray(0, length)
    home.set(chunk, this)
    return chunk
  }

  accept(chunk: Buffer): void {
    if (this.free.length >= keptBuffers || chunk.byteOffset !== 0) return
    this.free.push(Buffer.from(chunk.buffer, 0, this.sizeBytes))
  }
}

/**
 * Returns a chunk's memory to the pool if it came from there; does nothing otherwise. Only the last consumer of the chunk
 * may call it: the next read overwrites its bytes.
 */
export function recycle(chunk: Buffer): void {
  const pool = home.get(chunk)
  if (!pool) return
  home.delete(chunk)
  pool.accept(chunk)
}
