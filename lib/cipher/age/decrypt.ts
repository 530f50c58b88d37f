import { Transform, type TransformCallback } from 'node:stream'
import { Decrypter } from 'age-encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { ChunkOpener, chunkBytes, payloadKey, payloadNonceBytes, tagBytes } from './stream'
import { stageBufferBytes } from '@/lib/pipeline/buffer-size'
import { ByteQueue } from '@/lib/pipeline/byte-queue'

const sealedChunkBytes = chunkBytes + tagBytes
/** A header for a thousand recipients is half of this. */
const maxHeaderBytes = 256 * 1024
const intro = 'age-encryption.org/v1\n'

function damaged(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('object-damaged', `The encrypted data is damaged: ${what}`, { cause })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

async function unwrapFileKey(identity: string, header: Buffer): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  try {
    decrypter.addIdentity(identity)
  } catch {
    // Without the cause: the library's message may quote the identity.
    throw new HoldfastError('key-invalid', 'The age identity is not a valid key')
  }
  try {
    return await decrypter.decryptHeader(header)
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw new HoldfastError('key-missing', 'The data was not encrypted for this key', { cause })
    }
    throw damaged('its header does not verify', cause)
  }
}

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
    const known = Math.min(intro.length, this.header.length)
    if (this.header.toString('latin1', 0, known) !== intro.slice(0, known)) throw damaged('it is not in the age format')
    const mac = this.header.indexOf('\n--- ')
    const end = mac < 0 ? -1 : this.header.indexOf('\n', mac + 1)
    if (end < 0) {
      if (this.header.length > maxHeaderBytes) throw damaged('its header has no end')
      return
    }
    this.fileKey = await unwrapFileKey(this.identity, this.header.subarray(0, end + 1))
    this.pending.push(this.header.subarray(end + 1))
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
