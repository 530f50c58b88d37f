import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** The DER frames of raw Ed25519 keys (RFC 8410), which is all that node:crypto takes. */
const privateKeyFrame = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicKeyFrame = Buffer.from('302a300506032b6570032100', 'hex')
const publicKeyBytes = 32

/** An Ed25519 key pair from 32 secret bytes: the same bytes give the same pair, so nothing needs to be stored. */
export function evidenceKeyPair(seed: Buffer): { publicKey: string; sign(bytes: Uint8Array): string } {
  const der = Buffer.concat([privateKeyFrame, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes)
  return { publicKey: raw.toString('base64'), sign: (bytes) => sign(null, bytes, privateKey).toString('base64') }
}

/** A public key in base64 as PEM, which openssl takes. */
export function publicKeyPem(publicKey: string): string {
  const der = Buffer.concat([publicKeyFrame, Buffer.from(publicKey, 'base64')]).toString('base64')
  return `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`
}

/** The key as node:crypto takes it, from its 32 bytes in base64; null when the text is anything else. */
export function evidencePublicKey(text: string): KeyObject | null {
  const raw = exactBase64(text, publicKeyBytes)
  return raw && createPublicKey({ key: Buffer.concat([publicKeyFrame, raw]), format: 'der', type: 'spki' })
}

/** Bytes of a text that is their only base64 form: base64 has spare bits that decoders overlook. */
export function exactBase64(text: string, size: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === size && bytes.toString('base64') === text ? bytes : null
}
