import { type Hash, createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { stageBufferBytes } from './buffer-size'

/** What differed from the manifest. */
export class Difference extends Error {
  constructor(
    readonly what: 'size' | 'checksum',
    readonly of: 'stored' | 'source',
    readonly expected: string | number,
    readonly actual: string | number,
  ) {
    super(`${what} of the ${of} bytes is ${actual}, not ${expected}`)
  }
}

/** Passes bytes on and fails instead of ending when size or SHA-256 (null: not looked at) are not as expected. */
export class CheckStage extends Transform {
  private readonly hash: Hash | null
  private bytes = 0

  constructor(
    private readonly of: 'stored' | 'source',
    private readonly expected: { bytes: number; sha256: string | null },
    private readonly toError: (difference: Difference) => Error,
    private readonly onBytes?: (bytes: number) => void,
  ) {
    super({ highWaterMark: stageBufferBytes })
    this.hash = expected.sha256 === null ? null : createHash('sha256')
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length
    // At once, not at the end: a decompression bomb has no end worth waiting for.
    if (this.bytes > this.expected.bytes) return callback(this.sizeDiffers())
    this.hash?.update(chunk)
    this.onBytes?.(this.bytes)
    callback(null, chunk)
  }

  override _flush(callback: TransformCallback): void {
    if (this.bytes !== this.expected.bytes) return callback(this.sizeDiffers())
    const { sha256: expected } = this.expected
    const actual = this.hash?.digest('hex')
    if (expected === null || actual === undefined || actual === expected) return callback()
    callback(this.toError(new Difference('checksum', this.of, expected, actual)))
  }

  private sizeDiffers(): Error {
    return this.toError(new Difference('size', this.of, this.expected.bytes, this.bytes))
  }
}
