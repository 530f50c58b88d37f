import { type EvidenceKey } from '@/lib/contracts/evidence'
import type { ServiceContext } from '../context'
import { permit } from '../permit'

/** The frame that makes a raw Ed25519 key a DER public key (RFC 8410). */
const derFrame = Buffer.from('302a300506032b6570032100', 'hex')

/** The public key that this instance's evidence is checked with. It is no secret: give it to whoever has to check. */
export function getEvidenceKey({ ctx }: { ctx: ServiceContext }): EvidenceKey {
  permit(ctx.actor, 'viewer')
  const publicKey = ctx.vault.evidencePublicKey
  const der = Buffer.concat([derFrame, Buffer.from(publicKey, 'base64')]).toString('base64')
  return { algorithm: 'Ed25519', publicKey, pem: `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n` }
}
