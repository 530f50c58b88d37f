import { isToBeReported } from '@/lib/core/storage-care/judge-unknown'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { ObjectInfo } from '@/lib/ports/storage'

/**
 * Notes objects that the catalog does not know, each once. The time of the first sighting is kept unless the object was
 * replaced, which its size or the store's own version shows.
 */
export async function noteUnknown(
  tx: Tx,
  input: { destinationId: string; objects: ObjectInfo[]; seenAt: Date },
): Promise<void> {
  const { destinationId, objects, seenAt } = input
  if (objects.length === 0) return
  const rows = objects.map(
    ({ key, sizeBytes, lastModified, version }) =>
      Prisma.sql`(gen_random_uuid(), ${destinationId}::uuid, ${key}, ${BigInt(sizeBytes)}, ${lastModified}::timestamptz, ${version}, ${seenAt}, ${seenAt})`,
  )
  const another = Prisma.sql`(known.size_bytes <> excluded.size_bytes OR known.version <> excluded.version)`
  await tx.$executeRaw`
    INSERT INTO storage_finding AS known
      (id, destination_id, key, size_bytes, last_modified, version, first_seen_at, last_seen_at)
    VALUES ${Prisma.join(rows)}
    ON CONFLICT (destination_id, key) DO UPDATE
    SET size_bytes = excluded.size_bytes, last_modified = excluded.last_modified, version = excluded.version,
        first_seen_at = CASE WHEN ${another} THEN excluded.first_seen_at ELSE known.first_seen_at END,
        reported_at = CASE WHEN ${another} THEN NULL ELSE known.reported_at END,
        last_seen_at = excluded.last_seen_at`
}

/** Which of the keys are noted. */
export async function notedOf(tx: Tx, destinationId: string, keys: string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.storageFinding.findMany({ where: { destinationId, key: { in: keys } }, select: { key: true } })
  return new Set(rows.map(({ key }) => key))
}

/** Forgets what an inventory no longer saw, and marks as reported what can no longer belong to a run that is writing. */
export async function settleUnknown(
  tx: Tx,
  input: { destinationId: string; seenAt: Date; oldestWriterAt: Date | null; now: Date },
): Promise<void> {
  const { destinationId, seenAt, oldestWriterAt, now } = input
  await tx.storageFinding.deleteMany({ where: { destinationId, lastSeenAt: { lt: seenAt } } })
  const fresh = await tx.storageFinding.findMany({
    where: { destinationId, reportedAt: null },
    select: { id: true, firstSeenAt: true },
  })
  const ids = fresh.filter((finding) => isToBeReported(finding, oldestWriterAt)).map(({ id }) => id)
  await tx.storageFinding.updateMany({ where: { id: { in: ids } }, data: { reportedAt: now } })
}
