import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { openedBy } from '@/lib/core/repository/opened-by'
import { laterIdentityOf, signatureFile } from '@/lib/core/repository/paths'
import { expectedFiles, judgeFolder } from '@/lib/core/storage-care/judge-folder'
import { coldestClass } from '@/lib/core/storage-care/storage-class'
import type { Db } from '@/lib/db/client'
import type { ObjectInfo } from '@/lib/ports/storage'
import { recipientId } from '@/lib/services/recovery-kit/recipient-id'
import type { ListedFolder } from './list-folders'

export interface ListedCopy {
  id: string
  whole: boolean
  storageClass: string | null
  knownClass: string | null
  /** The signature file, where it is the one thing that is gone: it is put back. */
  lostSignature: { key: string; text: string } | null
  /** Whose keys open it as far as the listing shows, where fewer than the catalog says. */
  wrappedFor: string[] | null
}

export interface JudgedFolder {
  /** The stored copy that this is, if it is one. */
  copy: ListedCopy | null
  unknown: ObjectInfo[]
}

/**
 * Compares a folder with the catalog. The catalog is asked after the store was listed, and a backup's row is written
 * before its first object: what has no row then is not a backup of this instance that is just being taken.
 * The catalog has no rows of logs and sets. They are known by the form of their keys, and never offered for removal.
 */
export async function judgeListed(db: Db, destinationId: string, listed: ListedFolder): Promise<JudgedFolder> {
  const { place, objects } = listed
  const stranger: JudgedFolder = { copy: null, unknown: objects }
  if (place === null) return stranger
  if (place.kind === 'log' || place.kind === 'set') return { copy: null, unknown: [] }
  if (place.kind === 'list') {
    const where = { destinationId_sourceId: { destinationId, sourceId: place.sourceId } }
    return (await db.signedList.findUnique({ where })) ? { copy: null, unknown: [] } : stranger
  }
  const { backupId, folder } = place
  const copy = await db.backupCopy.findUnique({
    where: { backupId_destinationId: { backupId, destinationId } },
    include: {
      backup: { select: { repositoryPath: true, deletedAt: true, manifest: true, signature: true } },
      destination: { select: { kind: true } },
    },
  })
  if (!copy || copy.backup.repositoryPath !== folder) return stranger
  // Its removal is not finished: the next clean-up goes on with it.
  const beingRemoved = copy.state === 'deleted' ? copy.deletedAt === null : copy.backup.deletedAt !== null
  if (copy.state === 'deleted' && !beingRemoved) return stranger
  if (beingRemoved || copy.state !== 'stored') return { copy: null, unknown: [] }
  const manifest = manifestSchema.safeParse(copy.backup.manifest)
  if (!manifest.success) return { copy: null, unknown: [] }
  const files = objects.map(({ key, sizeBytes }) => ({ file: key.slice(folder.length), sizeBytes }))
  const { signature } = copy.backup
  const { whole, unknown } = judgeFolder(files, expectedFiles(manifest.data, { signed: signature !== null }))
  const lost =
    signature !== null &&
    !files.some(({ file }) => file === signatureFile) &&
    judgeFolder(files, expectedFiles(manifest.data, { signed: false })).whole
  const { encryption } = manifest.data
  const there = new Set(files.map(({ file }) => encryption && laterIdentityOf(encryption.keyFile, file)?.recipientId))
  const opens = copy.wrappedFor.filter(
    (recipient) => openedBy(manifest.data).includes(recipient) || there.has(recipientId(recipient)),
  )
  const extra = new Set(unknown)
  return {
    copy: {
      id: copy.id,
      whole,
      storageClass: coldestClass(
        copy.destination.kind,
        objects.map((object) => object.storageClass),
      ),
      knownClass: copy.storageClass,
      lostSignature: lost ? { key: folder + signatureFile, text: signature } : null,
      wrappedFor: opens.length < copy.wrappedFor.length ? opens : null,
    },
    unknown: objects.filter(({ key }) => extra.has(key.slice(folder.length))),
  }
}
