import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** The DER frames of raw Ed25519 keys (RFC 8410), which is all that node:crypto takes. */
const privateKeyFrame = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicKeyFrame = Buffer.from('302a300506032b6570032100', 'hex')
const publicKeyBytes = 32

/** An Ed25519 key pair from 32 secret bytes: the same bytes give the same pair, so nothing needs to be stored. */
export function evidenceKeyPair(seed: Buffer): { publicKey: string; sign(bytes: Uint8Array): string } {
  const privateKey = createPrivateKey({ key: Buffer.concat([privateKeyFrame, seed]), format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes)
  return { publicKey: raw.toString('base64'), sign: (bytes) => sign(null, bytes, privateKey).toString('base64') }
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
