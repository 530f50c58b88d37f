import { createHash } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/core/repository/manifest'
import { identityFile, manifestFile } from '@/lib/core/repository/paths'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'

/** One copy of a backup as it lies there: its manifest is checked, its parts stay encrypted. */
export interface SealedCopy {
  destinationId: string
  destinationName: string
  storage: Storage
  manifest: Manifest
  /** The manifest's own bytes. */
  manifestBytes: Buffer
  /** The file with the wrapped key; null when the backup is not encrypted. */
  wrappedIdentity: Buffer | null
  keyOf(part: ManifestPart): string
  close(): Promise<void>
}

/** Manifests are small; more than this is not ours. */
const manifestLimitBytes = 4 << 20

/**
 * Opens a copy without its key: reads its manifest from the store, compares it with the hash the catalog remembers (so
 * that an older or foreign manifest is noticed), and reads the wrapped key. Throws `object-not-found`, `object-damaged`.
 */
export async function openSealedCopy(
  ctx: Pick<ServiceContext, 'vault' | 'openStorage'>,
  backup: { id: string; repositoryPath: string; manifestSha256: string | null },
  destination: DestinationModel,
  run: RunContext,
): Promise<SealedCopy> {
  const storage = ctx.openStorage(destinationSpec(ctx, destination))
  const keyOfFile = (file: string) => backup.repositoryPath + file
  const read = async (file: string) => readAll(await storage.get(keyOfFile(file), null, run), manifestLimitBytes)
  try {
    const manifestBytes = await read(manifestFile)
    if (backup.manifestSha256 !== null && sha256Of(manifestBytes) !== backup.manifestSha256) {
      throw damaged(keyOfFile(manifestFile), 'The manifest in the store is not the one that was written.')
    }
    const manifest = manifestSchema.parse(JSON.parse(manifestBytes.toString('utf8')))
    if (manifest.backupId !== backup.id)
      throw damaged(keyOfFile(manifestFile), 'The manifest belongs to another backup.')
    const wrappedIdentity = manifest.encryption ? await read(identityFile) : null
    if (wrappedIdentity && sha256Of(wrappedIdentity) !== manifest.encryption?.identitySha256) {
      throw damaged(keyOfFile(identityFile), 'The wrapped key is not the one that was written.')
    }
    return {
      destinationId: destination.id,
      destinationName: destination.name,
      storage,
      manifest,
      manifestBytes,
      wrappedIdentity,
      keyOf: (part) => keyOfFile(part.file),
      close: () => storage.close(),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function damaged(key: string, message: string): HoldfastError {
  return new HoldfastError('object-damaged', message, { facts: { key } })
}
