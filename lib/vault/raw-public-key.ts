import { createPublicKey } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { evidencePublicKey } from './evidence-key'

const publicKeyBytes = 32

/** The 32 bytes in base64 of an Ed25519 key given so or as PEM; throws `evidence-key-invalid`. */
export function rawPublicKey(text: string): string {
  const trimmed = text.trim()
  try {
    if (!trimmed.startsWith('-----')) {
      if (evidencePublicKey(trimmed)) return trimmed
    } else {
      const key = createPublicKey(trimmed)
      if (key.asymmetricKeyType === 'ed25519') {
        return key.export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes).toString('base64')
      }
    }
  } catch {
    // Told below: what is wrong inside a key file helps nobody.
  }
  throw new HoldfastError('evidence-key-invalid', 'The public key is neither 32 bytes in base64 nor an Ed25519 PEM.', {
    remedy: 'Take it from the recovery kit, export it under Settings, or: npm run holdfast -- evidence-key',
  })
}
