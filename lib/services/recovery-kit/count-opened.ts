import { opensForAll } from '@/lib/core/repository/opened-by'
import type { Tx } from '@/lib/db/client'

/**
 * How many backups there are, and how many of them a key opens in every copy of theirs. The sums are kept; only copies that
 * the key does not open are looked at one by one.
 */
export async function countOpened(tx: Tx, recipient: string | null): Promise<{ total: number; opened: number }> {
  const keys = [opensForAll, ...(recipient === null ? [] : [recipient])]
  const [row] = await tx.$queryRaw<{ total: number; closed: number }[]>`
    SELECT (SELECT coalesce(sum(backups), 0) FROM source_total)::integer AS total,
      (SELECT count(DISTINCT backup.id) FROM backup_copy AS copy
       JOIN backup_history AS backup ON backup.id = copy.backup_id
       WHERE copy.state = 'stored' AND NOT copy.wrapped_for && ${keys}::text[]
         AND backup.status IN ('succeeded', 'partial') AND backup.deleted_at IS NULL AND NOT backup.sample)::integer
        AS closed`
  const { total, closed } = row ?? { total: 0, closed: 0 }
  return { total, opened: Math.max(0, total - closed) }
}
