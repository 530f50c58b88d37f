import { isArchived } from '@/lib/core/storage-care/storage-class'
import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { openSealedCopy, type KnownBackup, type SealedCopy } from '../backup/open-sealed-copy'
import type { ServiceContext } from '../context'
import { destinationContract } from '@/lib/contracts/destinations/index'

/** A copy to copy from, and whose keys open it. */
export interface GoodSource extends SealedCopy {
  wrappedFor: string[]
}

/**
 * Opens the stored copies of a backup one after the other, for copying from: local ones first, archived ones last. Each
 * is closed before the next is opened. One whose manifest cannot be read, or is another backup's, is passed over.
 */
export async function* openGoodSources(
  ctx: ServiceContext,
  input: {
    backup: KnownBackup
    exceptDestinationId: string
  },
  run: RunContext,
): AsyncGenerator<GoodSource> {
  const { backup, exceptDestinationId } = input
  const copies = await ctx.db.backupCopy.findMany({
    where: {
      backupId: backup.id,
      state: 'stored',
      destinationId: { not: exceptDestinationId },
      destination: { deletedAt: null },
    },
    include: { destination: true },
    orderBy: { id: 'asc' },
  })
  const distance = (copy: (typeof copies)[number]) =>
    (isArchived(copy.destination.kind, copy.storageClass) ? 2 : 0) +
    (destinationContract(copy.destination.kind).distance === 'near' ? 0 : 1)
  for (const copy of copies.sort((a, b) => distance(a) - distance(b))) {
    let opened: SealedCopy
    try {
      opened = await openSealedCopy(ctx, backup, copy.destination, run)
    } catch (error) {
      run.signal.throwIfAborted()
      run.logger.warn(`the copy in ${copy.destination.name} cannot be opened`, { ...toFailure(error) })
      continue
    }
    try {
      yield { ...opened, wrappedFor: copy.wrappedFor }
    } finally {
      await opened.close()
    }
  }
}
