import { createHash } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/contracts/repository/manifest'
import {
  isLaterIdentity,
  laterIdentityPrefix,
  manifestFile,
  restoreGuideFile,
  signatureFile,
} from '@/lib/core/repository/paths'
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
  /** The signature file; null in a backup from before signing. */
  signatureBytes: Buffer | null
  /** The same key wrapped later for others: a new kit, a new master key. */
  readLaterIdentities(): Promise<{ file: string; bytes: Buffer }[]>
  /** RESTORE.md; null when there is none, or not the one that was written. */
  readRestoreGuide(): Promise<Buffer | null>
  keyOf(part: ManifestPart): string
  close(): Promise<void>
}

/** Manifests are small; more than this is no manifest. */
const manifestLimitBytes = 4 << 20

export interface OpenOptions {
  /**
   * True where data are wanted back: a signature that is missing does not stand in their way, since the manifest is compared
   * with the catalog. One that is wrong does.
   */
  withoutSignature?: boolean
}

/** What the catalog knows of the backup that a copy must be of. */
export interface KnownBackup {
  id: string
  repositoryPath: string
  manifestSha256: string | null
  signatureSha256: string | null
}

/**
 * Opens a copy without its key: reads its manifest and signature from the store, compares them with the hashes the
 * catalog remembers (so that an older or foreign manifest is noticed), and reads the wrapped key. Throws
 * `object-not-found`, `object-damaged`.
 */
export async function openSealedCopy(
  ctx: Pick<ServiceContext, 'vault' | 'openStorage'>,
  backup: KnownBackup,
  destination: DestinationModel,
  run: RunContext,
  options: OpenOptions = {},
): Promise<SealedCopy> {
  const storage = ctx.openStorage(await destinationSpec(ctx, destination))
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
    const { encryption } = manifest
    const wrappedIdentity = encryption && (await read(encryption.keyFile))
    if (encryption && wrappedIdentity && sha256Of(wrappedIdentity) !== encryption.keySha256) {
      throw damaged(keyOfFile(encryption.keyFile), 'The wrapped key is not the one that was written.')
    }
    const signatureBytes = backup.signatureSha256 === null ? null : await readSignature(read, options)
    if (signatureBytes && sha256Of(signatureBytes) !== backup.signatureSha256) {
      throw damaged(keyOfFile(signatureFile), 'The signature of the manifest is not the one that was written.')
    }
    return {
      destinationId: destination.id,
      destinationName: destination.name,
      storage,
      manifest,
      manifestBytes,
      wrappedIdentity,
      signatureBytes,
      readLaterIdentities: async () => {
        const found: { file: string; bytes: Buffer }[] = []
        if (!encryption) return found
        const prefix = backup.repositoryPath + laterIdentityPrefix(encryption.keyFile)
        for await (const { key } of storage.list(prefix, run)) {
          const file = key.slice(backup.repositoryPath.length)
          if (isLaterIdentity(encryption.keyFile, file)) found.push({ file, bytes: await read(file) })
        }
        return found
      },
      readRestoreGuide: async () => {
        const bytes = manifest.restoreGuide ? await ifThere(read(restoreGuideFile)) : null
        return bytes && sha256Of(bytes) === manifest.restoreGuide?.storedSha256 ? bytes : null
      },
      keyOf: (part) => keyOfFile(part.file),
      close: () => storage.close(),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

async function readSignature(
  read: (file: string) => Promise<Buffer>,
  { withoutSignature = false }: OpenOptions,
): Promise<Buffer | null> {
  return withoutSignature ? ifThere(read(signatureFile)) : read(signatureFile)
}

async function ifThere(reading: Promise<Buffer>): Promise<Buffer | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'object-not-found') return null
    throw error
  }
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function damaged(key: string, message: string): HoldfastError {
  return new HoldfastError('object-damaged', message, {
    remedy: 'Use another copy of this backup, or another backup, and look at the store that this one lies in.',
    facts: { key },
  })
}
