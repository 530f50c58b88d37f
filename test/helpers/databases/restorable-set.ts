import { verifyPart } from '@/lib/pipeline/verify-part'
import { toFailure } from '@/lib/core/holdfast-error'
import { signedListOf } from '@/lib/core/repository/paths'
import { goodBackupWhere } from '@/lib/services/backup/good-backups'
import { openCopy } from '@/lib/services/backup/open-copy'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import type { ServiceContext } from '@/lib/services/context'
import { makeTestRun } from '../run-context'

/**
 * What can be restored, found by reading: every stored copy of every good backup of the catalog, each object through
 * decryption and decompression to its end. One line a copy, `<backup>@<destination>`; a copy that the catalog counts
 * but that cannot be read has its error behind it, so that comparing two sets shows it. Sorted.
 */
export async function restorableSet(ctx: ServiceContext): Promise<string[]> {
  const backups = await ctx.db.backup.findMany({
    where: goodBackupWhere,
    include: { copies: { where: { state: 'stored' }, include: { destination: true } } },
  })
  const lines = backups.flatMap((backup) =>
    backup.copies.map(async (copy) => {
      const line = `${backup.id}@${copy.destination.name}`
      try {
        const run = makeTestRun()
        const opened = await openCopy(ctx, backup, copy.destination, run)
        try {
          for (const part of opened.manifest.parts) {
            const key = opened.keyOf(part)
            await verifyPart({ storage: opened.storage, key, part, decrypt: opened.decrypt }, run)
          }
        } finally {
          await opened.close()
        }
        return line
      } catch (error) {
        return `${line}: ${toFailure(error).code}`
      }
    }),
  )
  return (await Promise.all(lines)).sort()
}

/** Names of objects in the destinations that belong to no stored copy of a good backup and are no signed list. Sorted. */
export async function strayObjects(ctx: ServiceContext): Promise<string[]> {
  const destinations = await ctx.db.destination.findMany({ where: { deletedAt: null } })
  const strays: string[] = []
  for (const destination of destinations) {
    const good = await ctx.db.backup.findMany({
      where: { ...goodBackupWhere, copies: { some: { state: 'stored', destinationId: destination.id } } },
      select: { repositoryPath: true },
    })
    const folders = good.map((backup) => backup.repositoryPath)
    const storage = ctx.openStorage(await destinationSpec(ctx, destination))
    try {
      for await (const object of storage.list('', makeTestRun())) {
        if (signedListOf(object.key)) continue
        if (!folders.some((folder) => object.key.startsWith(folder))) strays.push(`${destination.name}/${object.key}`)
      }
    } finally {
      await storage.close()
    }
  }
  return strays.sort()
}
