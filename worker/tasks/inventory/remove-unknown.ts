import { placeOf } from '@/lib/core/repository/place-of'
import { removableBefore } from '@/lib/core/storage-care/judge-unknown'
import type { ObjectInfo, Storage } from '@/lib/ports/storage'
import type { TaskArgs } from '../../task'
import { judgeListed } from './judge-listed'

const batchSize = 100

/**
 * Removes the unknown objects that had been reported when a person asked for it. Each is looked at again first: it must
 * be the one that was seen, and the catalog must still not know it.
 */
export async function removeUnknown(
  { ctx, run }: TaskArgs,
  storage: Storage,
  about: { destinationId: string; reportedBy: Date },
): Promise<void> {
  const { destinationId, reportedBy } = about
  const before = removableBefore(ctx.clock.now())
  let removed = 0
  let bytes = 0
  for (let cursor = ''; ;) {
    const findings = await ctx.db.storageFinding.findMany({
      where: {
        destinationId,
        reportedAt: { lte: reportedBy },
        firstSeenAt: { lt: before },
        key: { gt: cursor },
      },
      orderBy: { key: 'asc' },
      take: batchSize,
    })
    if (findings.length === 0) break
    cursor = findings.at(-1)?.key ?? cursor
    const doomed: string[] = []
    for (const finding of findings) {
      const { key } = finding
      const object = await storage.head(key, run)
      if (object && isAnother(object, finding)) continue
      const listed = { place: placeOf(key), objects: object ? [object] : [] }
      const { unknown } = await judgeListed(ctx.db, destinationId, listed)
      if (!object || unknown.length > 0) doomed.push(key)
    }
    const outcomes = await storage.delete(doomed, run)
    const gone = outcomes.flatMap(({ key, result }) => (result === 'deleted' || result === 'absent' ? [key] : []))
    await ctx.db.storageFinding.deleteMany({ where: { destinationId, key: { in: gone } } })
    removed += gone.length
    for (const { key, sizeBytes } of findings) if (gone.includes(key)) bytes += Number(sizeBytes)
    for (const { key, result, message } of outcomes) {
      if (result === 'refused' || result === 'failed')
        run.logger.warn('an unknown object stays', { key, result, message })
    }
  }
  run.logger.info('removed unknown objects', { removed, bytes })
}

/** Written since it was listed: the next inventory sees it for the first time. */
function isAnother(object: ObjectInfo, seen: { sizeBytes: bigint; version: string | null }): boolean {
  if (BigInt(object.sizeBytes) !== seen.sizeBytes) return true
  return object.version !== null && seen.version !== null && object.version !== seen.version
}
