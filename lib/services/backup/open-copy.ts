import type { Manifest, ManifestPart } from '@/lib/core/repository/manifest'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { openSealedCopy } from './open-sealed-copy'

/** One copy of a backup, opened for reading with its manifest checked. */
export interface OpenCopy {
  destinationId: string
  destinationName: string
  storage: Storage
  manifest: Manifest
  /** The backup's age identity; null when it is not encrypted. */
  identity: string | null
  keyOf(part: ManifestPart): string
  close(): Promise<void>
}

/**
 * Opens a copy: reads its manifest from the store, compares it with the hash the catalog remembers (so that an older
 * or foreign manifest is noticed), and unwraps the identity. Throws `object-not-found`, `object-damaged`, `key-missing`.
 */
export async function openCopy(
  ctx: Pick<ServiceContext, 'vault' | 'openStorage'>,
  backup: { id: string; repositoryPath: string; manifestSha256: string | null },
  destination: DestinationModel,
  run: RunContext,
): Promise<OpenCopy> {
  const { wrappedIdentity, destinationId, destinationName, storage, manifest, keyOf, close } = await openSealedCopy(
    ctx,
    backup,
    destination,
    run,
  )
  try {
    const identity = wrappedIdentity ? await ctx.vault.unwrapIdentity(wrappedIdentity) : null
    return { destinationId, destinationName, storage, manifest, identity, keyOf, close }
  } catch (error) {
    await close()
    throw error
  }
}
