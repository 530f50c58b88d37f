import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { ObjectInfo } from '@/lib/ports/storage'

/** Notes objects that the catalog does not know, each once; when it was first seen stays. */
export async function noteUnknown(
  tx: Tx,
  input: { destinationId: string; objects: ObjectInfo[]; seenAt: Date },
): Promise<void> {
  const { destinationId, objects, seenAt } = input
  const rows = objects.map(
    ({ key, sizeBytes, lastModified }) =>
      Prisma.sql`(gen_random_uuid(), ${destinationId}::uuid, ${key}, ${BigInt(sizeBytes)}, ${lastModified}, ${seenAt}, ${seenAt})`,
  )
  await tx.$executeRaw`
    INSERT INTO storage_finding (id, destination_id, key, size_bytes, last_modified, first_seen_at, last_seen_at)
    VALUES ${Prisma.join(rows)}
    ON CONFLICT (destination_id, key) DO UPDATE
    SET size_bytes = excluded.size_bytes, last_modified = excluded.last_modified,
        last_seen_at = excluded.last_seen_at, gone_at = NULL`
}

/** Notes that what an inventory did not see any more is gone; of what is newer than `cutoff` it says nothing. */
export async function forgetGone(
  tx: Tx,
  input: { destinationId: string; seenAt: Date; cutoff: Date; now: Date },
): Promise<void> {
  await tx.storageFinding.updateMany({
    where: {
      destinationId: input.destinationId,
      goneAt: null,
      lastSeenAt: { lt: input.seenAt },
      lastModified: { lt: input.cutoff },
    },
    data: { goneAt: input.now },
  })
}
