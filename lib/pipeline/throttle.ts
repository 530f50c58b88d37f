import { Transform, type TransformCallback } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** A rate that streams share. */
export class Throttle {
  /** When what was let through so far would be paid for. */
  private paidUntil = performance.now()

  constructor(readonly bytesPerSecond: number) {}

  /** Milliseconds to wait before so many bytes may go on. */
  spend(bytes: number): number {
    const now = performance.now()
    const waitMs = Math.max(0, this.paidUntil - now)
    // A pause of the source may not be saved up for a burst.
    this.paidUntil = Math.max(this.paidUntil, now) + (bytes / this.bytesPerSecond) * 1_000
    return waitMs
  }
}

/**
 * Lets through what its throttle allows. Large chunks go on in slices of a quarter second, so that a slow limit
 * is a trickle and not a stall, which a store's watchdog would take for a dead connection.
 */
export class ThrottleStage extends Transform {
  private readonly stopped = new AbortController()

  constructor(private readonly throttle: Throttle) {
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
    const sliceBytes = Math.max(1, Math.floor(this.throttle.bytesPerSecond / 4))
    for (let from = 0; from < chunk.length; from += sliceBytes) {
      const slice = chunk.subarray(from, from + sliceBytes)
      const waitMs = this.throttle.spend(slice.length)
      if (waitMs > 0) await delay(waitMs, undefined, { signal: this.stopped.signal })
      this.push(slice)
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.stopped.abort()
    callback(error)
  }
}
