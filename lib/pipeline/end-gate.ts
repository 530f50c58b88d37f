import { Transform, type TransformCallback } from 'node:stream'
import { stageBufferBytes } from './buffer-size'

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

/**
 * Passes bytes on, but ends only after `mayEnd` has resolved, and fails when it rejects. The end of a pipe says that a
 * process has gone, not that it was successful; behind this stage an end is a promise.
 */
export class EndGate extends Transform {
  constructor(private readonly mayEnd: () => Promise<void>) {
    super({ highWaterMark: stageBufferBytes })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    callback(null, chunk)
  }

  override _flush(callback: TransformCallback): void {
    this.mayEnd().then(
      () => callback(),
      (error: unknown) => callback(asError(error)),
    )
  }
}
