import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import type { KeyHandOver } from '@/lib/core/repository/signed-list'
import type { Vault } from '@/lib/ports/vault'

/** Both keys sign that one follows the other, so that knowing either key is enough to verify what both signed. */
export async function handOver(from: Vault, to: Vault, about: { instanceId: string; at: Date }): Promise<KeyHandOver> {
  const document = {
    format: 'holdfast-key-hand-over' as const,
    version: 1 as const,
    instanceId: about.instanceId,
    from: from.evidencePublicKey,
    to: to.evidencePublicKey,
    at: about.at.toISOString(),
  }
  const bytes = Buffer.from(canonicalJson(document))
  return { document, fromSignature: await from.signEvidence(bytes), toSignature: await to.signEvidence(bytes) }
}
