import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

/**
 * The payload of the age v1 format (https://age-encryption.org/v1, "Payload"): ChaCha20-Poly1305 in chunks of 64 KiB.
 * The nonce is a counter of 11 bytes and a flag that marks the last chunk, so that chunks cannot be dropped, moved or
 * cut off unnoticed.
 */
export const chunkBytes = 64 * 1024
export const tagBytes = 16
export const sealedChunkBytes = chunkBytes + tagBytes
export const payloadNonceBytes = 16

const cipherName = 'chacha20-poly1305'

/** Key of one file's payload. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

class ChunkNonce {
  private readonly bytes = Buffer.alloc(12)

  constructor(private counter: number) {}

  next(isLast: boolean): Buffer {
    // Bytes 0 to 10 are the counter; its low 48 bits are enough for any file.
    this.bytes.writeUIntBE(this.counter++, 5, 6)
    this.bytes[11] = isLast ? 1 : 0
    return this.bytes
  }
}

/** Encrypts chunk by chunk. Answers the pieces of ciphertext and tag. */
export class ChunkSealer {
  private readonly nonce = new ChunkNonce(0)

  constructor(private readonly key: Buffer) {}

  seal(plain: readonly Buffer[], isLast: boolean): Buffer[] {
    const cipher = createCipheriv(cipherName, this.key, this.nonce.next(isLast), { authTagLength: tagBytes })
    const pieces = plain.map((slice) => cipher.update(slice))
    cipher.final()
    pieces.push(cipher.getAuthTag())
    return pieces
  }
}

/** Decrypts chunk by chunk; throws before it gives anything out when the chunk is not what was sealed at this place. */
export class ChunkOpener {
  private readonly nonce: ChunkNonce

  /** `firstChunk`: the number of the one that is opened first. */
  constructor(
    private readonly key: Buffer,
    firstChunk = 0,
  ) {
    this.nonce = new ChunkNonce(firstChunk)
  }

  open(ciphertext: readonly Buffer[], tag: Buffer, isLast: boolean): Buffer[] {
    const decipher = createDecipheriv(cipherName, this.key, this.nonce.next(isLast), { authTagLength: tagBytes })
    decipher.setAuthTag(tag)
    const pieces = ciphertext.map((slice) => decipher.update(slice))
    decipher.final()
    return pieces
  }
}
