import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { decodeBech32, encodeBech32 } from './bech32'

/** The DER frames of raw X25519 keys (RFC 8410), which is all that node:crypto takes. */
const privateKeyFrame = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicKeyFrame = Buffer.from('302a300506032b656e032100', 'hex')
export const keyBytes = 32

const recipientPrefix = 'age'
const identityPrefix = 'age-secret-key-'

/** An age key pair from 32 secret bytes: the same bytes give the same pair, so nothing needs to be stored. */
export function ageKeyPair(scalar: Buffer): { identity: string; recipient: string } {
  return {
    identity: encodeBech32(identityPrefix, scalar).toUpperCase(),
    recipient: encodeBech32(recipientPrefix, rawPublicKey(privateKeyOf(scalar))),
  }
}

/** The public key of a recipient `age1...` with an X25519 key; null when it is none. */
export function publicKeyOf(recipient: string): KeyObject | null {
  const decoded = recipient.startsWith(`${recipientPrefix}1`) ? decodeBech32(recipient) : null
  return decoded?.prefix === recipientPrefix && decoded.bytes.length === keyBytes ? publicKeyFrom(decoded.bytes) : null
}

/** The secret key of an identity `AGE-SECRET-KEY-1...`; null when it is none. */
export function secretKeyOf(identity: string): KeyObject | null {
  const decoded = identity.startsWith(`${identityPrefix}1`.toUpperCase()) ? decodeBech32(identity) : null
  if (decoded?.prefix !== identityPrefix || decoded.bytes.length !== keyBytes) return null
  return privateKeyOf(decoded.bytes)
}

export function publicKeyFrom(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicKeyFrame, raw]), format: 'der', type: 'spki' })
}

/** The 32 bytes of a public key, or of the one that belongs to a secret key. */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-keyBytes)
}

function privateKeyOf(scalar: Buffer): KeyObject {
  const der = Buffer.concat([privateKeyFrame, scalar])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}
