import { z } from 'zod'
import { keyHandOverSchema, type KeyHandOver } from '@/lib/core/repository/signed-list'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import type { Vault } from '@/lib/ports/vault'
import { trustedKeys } from '@/lib/vault/trusted-keys'

const key = 'signing-keys'
const storedSchema = z.object({ handOvers: z.array(keyHandOverSchema) })

/** How this instance's signing keys followed each other, oldest first; empty until the master key was replaced. */
export async function readHandOvers(tx: Tx): Promise<KeyHandOver[]> {
  const row = await tx.setting.findUnique({ where: { key } })
  return row ? storedSchema.parse(row.value).handOvers : []
}

export async function storeHandOver(tx: Tx, handOver: KeyHandOver): Promise<void> {
  const value = toJson({ handOvers: [...(await readHandOvers(tx)), handOver] })
  await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}

/** The keys that signatures of this instance may be of: the present one, and those before it. */
export async function ownSigningKeys(tx: Tx, vault: Pick<Vault, 'evidencePublicKey'>): Promise<Set<string>> {
  return trustedKeys([vault.evidencePublicKey], await readHandOvers(tx))
}
