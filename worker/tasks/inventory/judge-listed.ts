import { manifestSchema } from '@/lib/core/repository/manifest'
import { expectedFiles, judgeFolder } from '@/lib/core/storage-care/judge-folder'
import { coldestClass } from '@/lib/core/storage-care/storage-class'
import type { Db } from '@/lib/db/client'
import type { ObjectInfo } from '@/lib/ports/storage'
import type { ListedFolder } from './list-folders'

export interface JudgedFolder {
  /** The stored copy that this is, if it is one. */
  copy: { id: string; whole: boolean; storageClass: string | null; knownClass: string | null } | null
  unknown: ObjectInfo[]
}

/**
 * Compares a folder with the catalog. The catalog is asked after the store was listed, and a backup's row is written
 * before its first object: what has no row then is not a backup of this instance that is just being taken.
 */
export async function judgeListed(db: Db, destinationId: string, listed: ListedFolder): Promise<JudgedFolder> {
  const { backupId, folder, objects } = listed
  const stranger: JudgedFolder = { copy: null, unknown: objects }
  if (!backupId || !folder) return stranger
  const copy = await db.backupCopy.findUnique({
    where: { backupId_destinationId: { backupId, destinationId } },
    include: { backup: { select: { repositoryPath: true, deletedAt: true, manifest: true } } },
  })
  if (!copy || copy.backup.repositoryPath !== folder) return stranger
  // Its removal is not finished: the next clean-up goes on with it.
  const beingRemoved = copy.state === 'deleted' ? copy.deletedAt === null : copy.backup.deletedAt !== null
  if (copy.state === 'deleted' && !beingRemoved) return stranger
  if (beingRemoved || copy.state !== 'stored') return { copy: null, unknown: [] }
  const manifest = manifestSchema.safeParse(copy.backup.manifest)
  if (!manifest.success) return { copy: null, unknown: [] }
  const files = objects.map(({ key, sizeBytes }) => ({ file: key.slice(folder.length), sizeBytes }))
  const { whole, unknown } = judgeFolder(files, expectedFiles(manifest.data))
  const extra = new Set(unknown)
  return {
    copy: {
      id: copy.id,
      whole,
      storageClass: coldestClass(objects.map((object) => object.storageClass)),
      knownClass: copy.storageClass,
    },
    unknown: objects.filter(({ key }) => extra.has(key.slice(folder.length))),
  }
}
