import { createPrivateKey, createPublicKey } from 'node:crypto'
import { encodeBech32 } from './bech32'

/** The DER frame of a raw X25519 private key (RFC 8410), which is all that node:crypto takes. */
const privateKeyFrame = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicKeyBytes = 32

/** An age key pair from 32 secret bytes: the same bytes give the same pair, so nothing needs to be stored. */
export function ageKeyPair(scalar: Buffer): { identity: string; recipient: string } {
  const der = Buffer.concat([privateKeyFrame, scalar])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes)
  return {
    identity: encodeBech32('age-secret-key-', scalar).toUpperCase(),
    recipient: encodeBech32('age', publicKey),
  }
}
