import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { identityFile, manifestFile } from '@/lib/core/repository/paths'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/core/repository/manifest'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { createHash } from 'node:crypto'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'

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

/** Manifests are small; more than this is not ours. */
const manifestLimitBytes = 4 << 20

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
  const storage = ctx.openStorage(destinationSpec(ctx, destination))
  try {
    const read = async (file: string): Promise<Buffer> => {
      const body: Readable = await storage.get(backup.repositoryPath + file, null, run)
      return readAll(body, manifestLimitBytes)
    }
    const bytes = await read(manifestFile)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (backup.manifestSha256 !== null && sha256 !== backup.manifestSha256) {
      throw damaged(backup.repositoryPath + manifestFile, 'The manifest in the store is not the one that was written.')
    }
    const manifest = manifestSchema.parse(JSON.parse(bytes.toString('utf8')))
    if (manifest.backupId !== backup.id)
      throw damaged(backup.repositoryPath + manifestFile, 'The manifest belongs to another backup.')
    let identity: string | null = null
    if (manifest.encryption) {
      const wrapped = await read(identityFile)
      if (createHash('sha256').update(wrapped).digest('hex') !== manifest.encryption.identitySha256) {
        throw damaged(backup.repositoryPath + identityFile, 'The wrapped key is not the one that was written.')
      }
      identity = await ctx.vault.unwrapIdentity(wrapped)
    }
    return {
      destinationId: destination.id,
      destinationName: destination.name,
      storage,
      manifest,
      identity,
      keyOf: (part) => backup.repositoryPath + part.file,
      close: () => storage.close(),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

function damaged(key: string, message: string): HoldfastError {
  return new HoldfastError('object-damaged', message, { facts: { key } })
}
