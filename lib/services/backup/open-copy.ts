import type { Transform } from 'node:stream'
import { findCipher } from '@/lib/cipher/index'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { OpenSealedRanges } from '@/lib/pipeline/seekable/packed-object'
import type { Cipher } from '@/lib/ports/cipher'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { openSealedCopy, type KnownBackup, type OpenOptions, type SealedCopy } from './open-sealed-copy'

/** One copy of a backup, opened for reading with its manifest checked. */
export interface OpenCopy {
  destinationId: string
  destinationName: string
  storage: Storage
  manifest: Manifest
  /** The backup's own key; null when it is not encrypted. */
  identity: string | null
  /** Makes the stage that decrypts a part with it; null when it is not encrypted. */
  decrypt: (() => Transform) | null
  /** The same for a part whose middle is read. */
  openSealed: OpenSealedRanges | null
  keyOf(part: ManifestPart): string
  close(): Promise<void>
}

/**
 * Opens a copy: reads its manifest from the store, compares it with the hash the catalog remembers (so that an older
 * or foreign manifest is noticed), and unwraps the identity. Throws `object-not-found`, `object-damaged`,
 * `key-missing`, `format-unsupported`.
 */
export async function openCopy(
  ctx: Pick<ServiceContext, 'vault' | 'openStorage'>,
  backup: KnownBackup,
  destination: DestinationModel,
  run: RunContext,
  options: OpenOptions = {},
): Promise<OpenCopy> {
  const sealed = await openSealedCopy(ctx, backup, destination, run, options)
  const { destinationId, destinationName, storage, manifest, keyOf, close } = sealed
  try {
    const cipher = manifest.encryption && findCipher(manifest.encryption.format)
    const identity = cipher && (await unwrap(ctx.vault, cipher, sealed))
    const opened = cipher && identity !== null ? { cipher, identity } : null
    return {
      ...{ destinationId, destinationName, storage, manifest, identity, keyOf, close },
      decrypt: opened && (() => opened.cipher.decrypt(opened.identity)),
      openSealed: opened && ((beginning, bytes) => opened.cipher.openRanges(opened.identity, beginning, bytes)),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The backup's key: as it was wrapped when the backup was taken, else as it was wrapped later for a new master key. */
async function unwrap(
  vault: ServiceContext['vault'],
  cipher: Cipher,
  { wrappedIdentity, manifest, readLaterIdentities }: SealedCopy,
): Promise<string | null> {
  if (!wrappedIdentity) return null
  try {
    return await vault.unwrapIdentity(wrappedIdentity)
  } catch (error) {
    for (const { bytes } of await readLaterIdentities()) {
      const identity = await vault.unwrapIdentity(bytes).catch(() => null)
      // Nothing but the recipient says that it is this backup's: the manifest, which is checked, names it.
      if (identity && (await cipher.recipientOf(identity)) === manifest.encryption?.recipient) return identity
    }
    throw error
  }
}
