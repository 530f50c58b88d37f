import { toFailure } from '@/lib/core/holdfast-error'
import { tellFailure } from '@/lib/core/tell-failure'
import { toJson } from '@/lib/db/to-json'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'
import { writeLists } from '../signature/write-lists'
import { removeFolder } from './remove-folder'
import { removeHeld } from './remove-held'

/**
 * Removes from the stores what the catalog no longer counts: copies of deleted backups, and what failed, cancelled or
 * interrupted runs left behind. Newest first, so that no copy is ever kept whose base is gone: where a copy cannot be
 * removed, those that it needs stay beside it (fault 36). The signed lists are written first, so that a listed copy that is
 * missing was not removed by Holdfast. Trouble with one store does not stop the others; what could not be removed is tried
 * again the next time.
 */
export async function removeDeleted(args: {
  ctx: ServiceContext
  backupIds?: string[]
  run: RunContext
}): Promise<{ removed: number; troubles: string[] }> {
  const { ctx, run } = args
  const copies = await ctx.db.backupCopy.findMany({
    where: {
      deletedAt: null,
      ...(args.backupIds ? { backupId: { in: args.backupIds } } : {}),
      OR: [
        { backup: { deletedAt: { not: null } }, state: { not: 'deleted' } },
        // Decided for this copy alone, by its destination's own policy.
        { state: 'deleted', deleteReason: { not: null } },
        { state: 'failed', backup: { status: { notIn: ['running', 'queued'] } } },
      ],
    },
    include: {
      destination: true,
      backup: { select: { sourceId: true, repositoryPath: true, deletedAt: true, startedAt: true, dependsOn: true } },
    },
    orderBy: { backup: { startedAt: 'desc' } },
  })
  const counted = copies.filter(({ state }) => state !== 'failed')
  for (const [sourceId, own] of Map.groupBy(counted, ({ backup }) => backup.sourceId)) {
    await writeLists(ctx, { sourceId, destinationIds: own.map(({ destinationId }) => destinationId) }, run)
  }
  let removed = 0
  const troubles: string[] = []
  const needed = new Set<string>()
  for (const copy of copies) {
    run.signal.throwIfAborted()
    const place = (backupId: string) => `${copy.destinationId} ${backupId}`
    const keepBases = () => copy.backup.dependsOn.forEach((id) => needed.add(place(id)))
    if (needed.has(place(copy.backupId))) {
      keepBases()
      continue
    }
    const storage = ctx.openStorage(await destinationSpec(ctx, copy.destination))
    try {
      const done = await removeHeld(ctx, copy, async () => {
        if (copy.backup.repositoryPath !== '') await removeFolder(storage, copy.backup.repositoryPath, run)
      })
      if (done) removed += 1
    } catch (error) {
      run.signal.throwIfAborted()
      const failure = toFailure(error)
      troubles.push(`${copy.destination.name}: ${tellFailure(failure)}`)
      keepBases()
      run.logger.warn('objects could not be removed', { destination: copy.destination.name, error: failure.message })
      if (copy.backup.deletedAt)
        await ctx.db.backupCopy.update({ where: { id: copy.id }, data: { error: toJson(failure) } })
    } finally {
      await storage.close()
    }
  }
  return { removed, troubles }
}
