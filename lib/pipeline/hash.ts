import { type Hash, createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { stageBufferBytes } from './buffer-size'

/** Passes bytes on and counts them on the way. */
export class CountStage extends Transform {
  /** Bytes that went through so far. */
  bytes = 0

  /** @param onBytes hears the bytes so far, once a chunk */
  constructor(private readonly onBytes?: (bytes: number) => void) {
    super({ highWaterMark: stageBufferBytes })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length
    this.look(chunk)
    this.onBytes?.(this.bytes)
    callback(null, chunk)
  }

  protected look(_chunk: Buffer): void {}

  /** Null: nobody hashed them. */
  sha256(): string | null {
    return null
  }
}

/** Passes bytes on and counts and hashes them (SHA-256) on the way. */
export class HashStage extends CountStage {
  private readonly hash: Hash = createHash('sha256')
  private digest: string | null = null

  protected override look(chunk: Buffer): void {
    this.hash.update(chunk)
  }

  /** SHA-256 of all bytes, lower-case hex. Ends the hashing: call it after the stream's end. */
  override sha256(): string {
    this.digest ??= this.hash.digest('hex')
    return this.digest
  }
}
