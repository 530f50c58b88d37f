import { Transform, type TransformCallback } from 'node:stream'
import type { ByteRange } from '@/lib/core/byte-range'
import { stageBufferBytes } from '@/lib/pipeline/buffer-size'
import { ByteQueue } from '@/lib/pipeline/byte-queue'
import type { RangeOpener } from '@/lib/ports/cipher'
import { asError, damaged, headerEnd, unwrapFileKey } from './header'
import { ChunkOpener, chunkBytes, payloadKey, payloadNonceBytes, sealedChunkBytes, tagBytes } from './stream'

/** Where the chunks of a payload lie: all but the last are full. */
interface Chunks {
  count: number
  lastSealedBytes: number
}

class AgeRangeStage extends Transform {
  private readonly pending = new ByteQueue()
  private readonly opener: ChunkOpener
  private readonly until: number
  private chunk: number

  constructor(
    key: Buffer,
    private readonly chunks: Chunks,
    private readonly plain: ByteRange,
  ) {
    super({ highWaterMark: stageBufferBytes })
    this.chunk = Math.floor(plain.start / chunkBytes)
    this.until = Math.ceil(plain.end / chunkBytes)
    this.opener = new ChunkOpener(key, this.chunk)
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.pending.push(bytes)
    try {
      while (this.chunk < this.until && this.pending.length >= this.sealedBytes()) this.openChunk()
      callback(this.chunk === this.until && this.pending.length > 0 ? damaged('more follows than its range has') : null)
    } catch (error) {
      callback(asError(error))
    }
  }

  override _flush(callback: TransformCallback): void {
    callback(this.chunk < this.until || this.pending.length > 0 ? damaged(`chunk ${this.chunk} is cut off`) : null)
  }

  private isLast(): boolean {
    return this.chunk === this.chunks.count - 1
  }

  private sealedBytes(): number {
    return this.isLast() ? this.chunks.lastSealedBytes : sealedChunkBytes
  }

  private openChunk(): void {
    const ciphertext = this.pending.take(this.sealedBytes() - tagBytes)
    const tag = Buffer.concat(this.pending.take(tagBytes))
    let pieces: Buffer[]
    try {
      pieces = this.opener.open(ciphertext, tag, this.isLast())
    } catch (cause) {
      throw damaged(this.isLast() ? 'its end is missing or was changed' : `chunk ${this.chunk} was changed`, cause)
    }
    let at = this.chunk * chunkBytes
    for (const piece of pieces) {
      const wanted = piece.subarray(Math.max(0, this.plain.start - at), Math.max(0, this.plain.end - at))
      if (wanted.length > 0) this.push(wanted)
      at += piece.length
    }
    this.pending.release()
    this.chunk += 1
  }
}

/**
 * Opens an age v1 file for reading its middle. Its size says how many chunks it has; the last one is opened only as the last, and
 * every other one only as another, so that a wrong size is noticed as soon as the end is read.
 */
export async function openAgeRanges(
  identity: string,
  beginning: Buffer,
  sealedBytes: number,
): Promise<RangeOpener | null> {
  const end = headerEnd(beginning)
  const start = (end ?? beginning.length) + payloadNonceBytes
  if (start + tagBytes > sealedBytes) throw damaged('it ends within its header')
  if (end === null || beginning.length < start) return null
  const payload = sealedBytes - start
  const count = Math.ceil(payload / sealedChunkBytes)
  const lastSealedBytes = payload - (count - 1) * sealedChunkBytes
  if (lastSealedBytes < tagBytes) throw damaged('its last chunk is missing')
  if (lastSealedBytes === tagBytes && count > 1) throw damaged('its last chunk is empty')
  const fileKey = await unwrapFileKey(identity, beginning.subarray(0, end))
  const key = payloadKey(fileKey, beginning.subarray(end, start))
  const plainBytes = payload - count * tagBytes
  const checked = (plain: ByteRange): ByteRange => {
    if (plain.start >= 0 && plain.start < plain.end && plain.end <= plainBytes) return plain
    throw new RangeError(`there are no bytes ${plain.start} to ${plain.end} in ${plainBytes}`)
  }
  return {
    plainBytes,
    sealedRange: (plain) => {
      const { start: from, end: to } = checked(plain)
      return {
        start: start + Math.floor(from / chunkBytes) * sealedChunkBytes,
        end: Math.min(sealedBytes, start + Math.ceil(to / chunkBytes) * sealedChunkBytes),
      }
    },
    decrypt: (plain) => new AgeRangeStage(key, { count, lastSealedBytes }, checked(plain)),
  }
}
