import { link, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Vault } from '@/lib/ports/vault'
import {
  createKeyFile,
  exists,
  loadMasterKey,
  masterKeyPath,
  readGivenKey,
  readOwnKey,
  syncFolder,
} from './load-master-key'
import { keyIdOf, openVault } from './open-vault'

const otherVariable = 'HOLDFAST_OTHER_MASTER_KEY'

/** The master key and, while it is being replaced, the one before or after it. */
export interface MasterKeys {
  /** As it was given or lies in its file. Which one counts is what the catalog was sealed with. */
  all: Buffer[]
  /** Given by the operator, who also owns its files. */
  given: boolean
}

interface Place {
  env: Record<string, string | undefined>
  home: string
}

const nextPath = (home: string) => join(home, 'keys', 'master-next.key')
const oldPath = (home: string) => join(home, 'keys', 'master-old.key')

/** Reads the master key (made on first use), and the others that are there while it is being replaced. */
export async function loadMasterKeys(place: Place): Promise<MasterKeys> {
  const { env, home } = place
  const all = [await loadMasterKey(place)]
  const other = await readGivenKey(env, otherVariable)
  if (other) all.push(other)
  for (const path of [nextPath(home), oldPath(home)]) if (await exists(path)) all.push(await readOwnKey(path))
  return { all, given: Boolean(env['HOLDFAST_MASTER_KEY'] || env['HOLDFAST_MASTER_KEY_FILE']) }
}

/**
 * Opens the vault with the key that the catalog was sealed with; null: its name was never noted, and the master key counts.
 * Wipes the keys. Throws `master-key-wrong`.
 */
export function openVaultFor(keys: MasterKeys, keyId: string | null): Vault {
  const current = keyId === null ? keys.all[0] : keys.all.find((key) => keyIdOf(key) === keyId)
  if (!current) {
    throw new HoldfastError('master-key-wrong', "The catalog's secrets are sealed with another master key.", {
      remedy: `Give the key that replaced it, or both: ${otherVariable} takes a second one.`,
    })
  }
  try {
    return openVault(
      current,
      keys.all.filter((key) => key !== current),
    )
  } finally {
    for (const key of keys.all) key.fill(0)
  }
}

/** The key that is to follow: from the environment where the master key is, else from a file that is made once. */
export async function nextMasterKey({ env, home }: Place, { given }: MasterKeys): Promise<Buffer> {
  if (!given) {
    if (!(await exists(nextPath(home)))) await createKeyFile(nextPath(home))
    return readOwnKey(nextPath(home))
  }
  const next = await readGivenKey(env, otherVariable)
  if (next) return next
  throw new HoldfastError('new-key-needed', 'The master key comes from the environment: the new one has to as well.', {
    remedy: `Make one with "openssl rand -base64 32" and give it as ${otherVariable} or ${otherVariable}_FILE.`,
  })
}

/** The key that follows takes the master key's place; that one stays beside it. Can be repeated at any point. */
export async function promoteNextKey(home: string): Promise<void> {
  if (!(await exists(nextPath(home)))) return
  if (!(await exists(oldPath(home)))) await link(masterKeyPath(home), oldPath(home))
  await rename(nextPath(home), masterKeyPath(home))
  await syncFolder(dirname(masterKeyPath(home)))
}

/** Overwrites and removes the key that was replaced. */
export async function forgetOldKey(home: string): Promise<void> {
  const path = oldPath(home)
  if (!(await exists(path))) return
  const file = await open(path, 'r+')
  try {
    await file.write(Buffer.alloc((await file.stat()).size))
    await file.sync()
  } finally {
    await file.close()
  }
  await unlink(path)
  await syncFolder(dirname(path))
}
