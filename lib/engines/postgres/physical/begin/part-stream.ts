import { Readable } from 'node:stream'
import { BufferPool } from '@/lib/process/buffer-pool'

const bufferBytes = 256 * 1024
/** Messages of the server have 32 KiB at most: memory for each would keep the garbage collector busy. */
const pool = new BufferPool(bufferBytes)

/** Bytes of one part, given as the server sends them, and read in larger chunks whose last reader may recycle them. */
export class PartStream extends Readable {
  private buffer: Buffer | null = null
  private filled = 0
  private readonly settled = Promise.withResolvers<void>()
  private complete = false

  constructor(
    private readonly hears: {
      /** The reader wants more. */
      onWanted(): void
      /** The reader has left before the end. */
      onLeft(error: Error): void
    },
  ) {
    super({ highWaterMark: 2 * bufferBytes })
    this.settled.promise.catch(() => undefined)
  }

  /** Settles when all bytes were given and are right, or with why not. */
  get finished(): Promise<void> {
    return this.settled.promise
  }

  /** Copies the bytes. False: wait for `onWanted` before giving more. */
  give(bytes: Buffer): boolean {
    let more = true
    for (let at = 0; at < bytes.length;) {
      this.buffer ??= pool.take()
      const copied = bytes.copy(this.buffer, this.filled, at)
      at += copied
      this.filled += copied
      if (this.filled === bufferBytes) more = this.flush()
    }
    return more
  }

  /** No more bytes come. They are right once `accept` is called. */
  finish(): void {
    this.complete = true
    this.flush()
    this.push(null)
  }

  accept(): void {
    this.settled.resolve()
  }

  fail(error: Error): void {
    this.settled.reject(error)
    this.destroy(error)
  }

  private flush(): boolean {
    const { buffer, filled } = this
    this.buffer = null
    this.filled = 0
    return buffer === null || this.push(pool.lend(buffer, filled))
  }

  override _read(): void {
    this.hears.onWanted()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) this.hears.onLeft(error ?? new Error('A part of a base backup was not read to its end'))
    callback(error)
  }
}
