import { Transform, type TransformCallback } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** How fast a source may be read at the moment; shared by all streams of one backup. */
export class Pace {
  /** When what was let through so far would be paid for. */
  private paidUntil = performance.now()

  constructor(public bytesPerSecond: number) {}

  /** Resolves when this many bytes may go on, in the order of the calls. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const wait = this.paidUntil - now
    // A pause of the source may not be saved up for a burst.
    this.paidUntil = Math.max(this.paidUntil, now) + (bytes / this.bytesPerSecond) * 1_000
    if (wait > 0) await delay(wait, undefined, { signal })
  }
}

/**
 * Holds a tool's output back to a pace. The tool then waits in its write, and the server's process, which is what costs
 * the source, in its own: neither takes CPU meanwhile.
 */
export class GentleStage extends Transform {
  private readonly stopped = new AbortController()

  constructor(private readonly pace: Pace) {
    super({ highWaterMark: 64 * 1024 })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.pace.take(chunk.length, this.stopped.signal).then(
      () => callback(null, chunk),
      // Stopped by destroy: its error, if any, is already known to the stream.
      () => callback(),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.stopped.abort()
    callback(error)
  }
}
