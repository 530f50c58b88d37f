import { Transform, type TransformCallback } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Lets at most so many bytes through per second. Large chunks go on in slices of a quarter second, so that a slow limit
 * is a trickle and not a stall, which a store's watchdog would take for a dead connection.
 */
export class ThrottleStage extends Transform {
  /** When what was let through so far would be paid for. */
  private paidUntil = performance.now()
  private readonly stopped = new AbortController()

  constructor(private readonly bytesPerSecond: number) {
    super({ highWaterMark: 64 * 1024 })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.let(chunk).then(
      () => callback(),
      // Stopped by destroy: its error, if any, is already known to the stream.
      () => callback(),
    )
  }

  private async let(chunk: Buffer): Promise<void> {
    const sliceBytes = Math.max(1, Math.floor(this.bytesPerSecond / 4))
    for (let from = 0; from < chunk.length; from += sliceBytes) {
      const slice = chunk.subarray(from, from + sliceBytes)
      const now = performance.now()
      if (this.paidUntil > now) await delay(this.paidUntil - now, undefined, { signal: this.stopped.signal })
      // A pause of the source may not be saved up for a burst.
      this.paidUntil = Math.max(this.paidUntil, now) + (slice.length / this.bytesPerSecond) * 1_000
      this.push(slice)
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.stopped.abort()
    callback(error)
  }
}
