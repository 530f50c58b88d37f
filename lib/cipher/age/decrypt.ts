import { Transform, type TransformCallback } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { asError, damaged, headerEnd, unwrapFileKey } from './header'
import { ChunkOpener, payloadKey, payloadNonceBytes, sealedChunkBytes, tagBytes } from './stream'
import { stageBufferBytes } from '@/lib/pipeline/buffer-size'
import { ByteQueue } from '@/lib/pipeline/byte-queue'

class AgeDecryptStage extends Transform {
  private readonly pending = new ByteQueue()
  private header: Buffer = Buffer.alloc(0)
  private fileKey: Uint8Array | null = null
  private opener: ChunkOpener | null = null
  private opened = 0
  private refused: Error | null = null

  constructor(private readonly identity: string) {
    super({ highWaterMark: stageBufferBytes })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.refused) return callback()
    if (this.fileKey) {
      this.pending.push(chunk)
      this.openWhole(callback)
      return
    }
    this.readHeader(chunk).then(
      () => this.openWhole(callback),
      (error: unknown) => {
        // A bit flipped in the header looks like another key as well: who hashes the bytes before they come here is to
        // say first whether they are the ones that were written.
        if (!(error instanceof HoldfastError && error.code === 'key-missing')) return callback(asError(error))
        this.refused = error
        callback()
      },
    )
  }

  override _flush(callback: TransformCallback): void {
    if (this.refused) return callback(this.refused)
    if (!this.opener) return callback(damaged('it ends within its header'))
    if (this.pending.length < tagBytes) return callback(damaged('its last chunk is missing'))
    if (this.pending.length === tagBytes && this.opened > 0) return callback(damaged('its last chunk is empty'))
    try {
      this.openChunk(this.opener, this.pending.length, true)
      callback()
    } catch (error) {
      callback(asError(error))
    }
  }

  private async readHeader(chunk: Buffer): Promise<void> {
    this.header = Buffer.concat([this.header, chunk])
    const end = headerEnd(this.header)
    if (end === null) return
    this.fileKey = await unwrapFileKey(this.identity, this.header.subarray(0, end))
    this.pending.push(this.header.subarray(end))
    this.header = Buffer.alloc(0)
  }

  private openWhole(callback: TransformCallback): void {
    try {
      if (this.fileKey && !this.opener && this.pending.length >= payloadNonceBytes) {
        const nonce = Buffer.concat(this.pending.take(payloadNonceBytes))
        this.opener = new ChunkOpener(payloadKey(this.fileKey, nonce))
      }
      // A whole chunk is opened only when more follows it; the last one carries another nonce.
      while (this.opener && this.pending.length > sealedChunkBytes) this.openChunk(this.opener, sealedChunkBytes, false)
      callback()
    } catch (error) {
      callback(asError(error))
    }
  }

  private openChunk(opener: ChunkOpener, sealedBytes: number, isLast: boolean): void {
    const ciphertext = this.pending.take(sealedBytes - tagBytes)
    const tag = Buffer.concat(this.pending.take(tagBytes))
    try {
      for (const piece of opener.open(ciphertext, tag, isLast)) if (piece.length > 0) this.push(piece)
      this.pending.release()
      this.opened++
    } catch (cause) {
      throw damaged(isLast ? 'its end is missing or was changed' : `chunk ${this.opened} was changed`, cause)
    }
  }
}

/**
 * A stage that turns an age v1 file back into plain bytes. Nothing of a chunk is given out before it was authenticated.
 * Fails with `object-damaged` on any change, cut or addition, and at the end with `key-missing` when the file is for other
 * keys.
 */
export function decryptAge(identity: string): Transform {
  return new AgeDecryptStage(identity)
}
