import type { Tx } from '@/lib/db/client'
import type { Vault } from '@/lib/ports/vault'
import { openVaultFor, type MasterKeys } from '@/lib/vault/master-keys'
import { readRotation } from './rotation-state'

/** Opens the vault with the key that this catalog is sealed with. Throws `master-key-wrong`. */
export async function openCatalogVault(tx: Tx, keys: MasterKeys): Promise<Vault> {
  return openVaultFor(keys, (await readRotation(tx))?.keyId ?? null)
}
