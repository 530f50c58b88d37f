import { type EvidenceKey } from '@/lib/contracts/evidence'
import { publicKeyPem } from '@/lib/vault/evidence-key'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/**
 * The public key that this instance's evidence is checked with. It is no secret: give it to anyone who has to check
 * evidence.
 */
export function getEvidenceKey({ ctx }: { ctx: ServiceContext }): EvidenceKey {
  permit(ctx.actor, 'viewer')
  const publicKey = ctx.vault.evidencePublicKey
  return { algorithm: 'Ed25519', publicKey, pem: publicKeyPem(publicKey) }
}
