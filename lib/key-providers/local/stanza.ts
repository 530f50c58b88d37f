import {
  createCipheriv,
  createDecipheriv,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Stanza } from '@/lib/ports/key-provider'
import { keyBytes, publicKeyFrom, rawPublicKey } from './key-pair'

const type = 'X25519'
const label = 'age-encryption.org/v1/X25519'
const cipherName = 'chacha20-poly1305'
const tagBytes = 16
const fileKeyBytes = 16
/** Every wrapping key is used once. */
const nonce = Buffer.alloc(12)

/** The X25519 stanza of the age format for one recipient. */
export function wrapFor(recipient: KeyObject, fileKey: Uint8Array): Stanza {
  const ephemeral = generateKeyPairSync('x25519')
  const share = rawPublicKey(ephemeral.publicKey)
  const key = wrappingKey(ephemeral.privateKey, recipient, share, rawPublicKey(recipient))
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
  key.fill(0)
  return { args: [type, toBase64(share)], body }
}

/** The file key, from the first of the X25519 stanzas that is for this key. Throws `object-damaged` when one is malformed. */
export function unwrapWith(secretKey: KeyObject, stanzas: readonly Stanza[]): Uint8Array | null {
  for (const { args, body } of stanzas) {
    if (args[0] !== type) continue
    const share = args.length === 2 ? fromBase64(args[1] ?? '') : null
    if (share?.length !== keyBytes || body.length !== fileKeyBytes + tagBytes) throw malformed()
    const fileKey = open(keyFor(secretKey, share), body)
    if (fileKey) return fileKey
  }
  return null
}

function keyFor(secretKey: KeyObject, share: Buffer): Buffer {
  try {
    return wrappingKey(secretKey, publicKeyFrom(share), share, rawPublicKey(secretKey))
  } catch (cause) {
    // A point of low order would give everybody the same secret: OpenSSL refuses it.
    throw malformed(cause)
  }
}

function wrappingKey(secretKey: KeyObject, publicKey: KeyObject, share: Buffer, recipient: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: secretKey, publicKey })
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), label, 32))
  shared.fill(0)
  return key
}

/** Null: it was sealed with another key, for somebody else. */
function open(key: Buffer, body: Uint8Array): Buffer | null {
  const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
  decipher.setAuthTag(body.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    return null
  } finally {
    key.fill(0)
  }
}

const toBase64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

/** Null for any other than the one way to write these bytes. */
function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return toBase64(bytes) === text ? bytes : null
}

function malformed(cause?: unknown): HoldfastError {
  return new HoldfastError('object-damaged', "The header of the backup's wrapped key is damaged", { cause })
}
