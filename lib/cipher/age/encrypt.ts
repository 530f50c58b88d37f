import { randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { Encrypter, type Recipient } from 'age-encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { ChunkSealer, chunkBytes, payloadKey, payloadNonceBytes } from './stream'
import { stageBufferBytes } from '@/lib/pipeline/buffer-size'
import { ByteQueue } from '@/lib/pipeline/byte-queue'

/** Learns the file key that age's own code made and wrapped, and adds no stanza of its own. */
class FileKeyTap implements Recipient {
  fileKey: Uint8Array | null = null

  wrapFileKey(fileKey: Uint8Array): [] {
    this.fileKey = fileKey.slice()
    return []
  }
}

/**
 * Header and file key by the age library; only the payload is encrypted here, with the platform's cipher, which is about seven times
 * as fast as the library's own.
 */
async function makeHeader(recipients: readonly string[]): Promise<{ header: Buffer; fileKey: Uint8Array }> {
  if (recipients.length === 0) throw new TypeError('encryptAge needs a recipient')
  const tap = new FileKeyTap()
  const encrypter = new Encrypter()
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient)
  } catch (cause) {
    throw new HoldfastError('key-invalid', 'One of the age recipients is not a valid key', { cause })
  }
  encrypter.addRecipient(tap)
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()))
  const end = empty.indexOf('\n', empty.indexOf('\n--- ') + 1)
  if (!tap.fileKey || end < 0) throw new Error('the age library wrote no header')
  return { header: empty.subarray(0, end + 1), fileKey: tap.fileKey }
}

class AgeEncryptStage extends Transform {
  private readonly pending = new ByteQueue()
  private readonly sealer: ChunkSealer

  constructor(header: Buffer, fileKey: Uint8Array) {
    super({ highWaterMark: stageBufferBytes })
    const nonce = randomBytes(payloadNonceBytes)
    this.sealer = new ChunkSealer(payloadKey(fileKey, nonce))
    this.push(Buffer.concat([header, nonce]))
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.pending.push(chunk)
    // A chunk is sealed only when more follows it: the last one is sealed differently.
    while (this.pending.length > chunkBytes) this.seal(chunkBytes, false)
    callback()
  }

  override _flush(callback: TransformCallback): void {
    this.seal(this.pending.length, true)
    callback()
  }

  private seal(size: number, isLast: boolean): void {
    // Pieces go on as the cipher made them: to join them would cost a fresh buffer and a copy of everything.
    for (const piece of this.sealer.seal(this.pending.take(size), isLast)) if (piece.length > 0) this.push(piece)
    this.pending.release()
  }
}

/** A stage that turns plain bytes into an age v1 file for the recipients (`age1...`). Rejects with `key-invalid`. */
export async function encryptAge(recipients: readonly string[]): Promise<Transform> {
  const { header, fileKey } = await makeHeader(recipients)
  return new AgeEncryptStage(header, fileKey)
}
