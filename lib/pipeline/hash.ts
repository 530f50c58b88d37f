import { type Hash, createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { stageBufferBytes } from './buffer-size'

/** Passes bytes on and counts and hashes them (SHA-256) on the way. */
export class HashStage extends Transform {
  private readonly hash: Hash = createHash('sha256')
  private digest: string | null = null
  /** Bytes that went through so far. */
  bytes = 0

  /** @param onBytes hears the bytes so far, once a chunk */
  constructor(private readonly onBytes?: (bytes: number) => void) {
    super({ highWaterMark: stageBufferBytes })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length
    this.hash.update(chunk)
    this.onBytes?.(this.bytes)
    callback(null, chunk)
  }

  /** SHA-256 of all bytes, lower-case hex. Ends the hashing: call it after the stream's end. */
  sha256(): string {
    this.digest ??= this.hash.digest('hex')
    return this.digest
  }
}
