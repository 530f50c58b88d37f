import type { Db } from '@/lib/db/client'
import { claimTurn } from '@/lib/services/watch/claim-turn'

/** A million segments are summed in about three seconds, so not for each page that shows a size. */
const sumEveryMs = 10 * 60_000

/** Adds up what whole segments take in each destination. Slices, keys and indexes are few and small, and left out. */
export async function sumLog({ db }: { db: Db }): Promise<void> {
  if (!(await claimTurn(db, 'log-totals', sumEveryMs))) return
  await db.$executeRaw`
    WITH totals AS (
      SELECT r.destination_id, r.source_id, sum(s.stored_bytes)::bigint AS bytes
      FROM log_range r JOIN log_segment s USING (source_id, identity, timeline)
      WHERE r.from_order <= s.from_order AND r.to_order >= s.to_order GROUP BY 1, 2
    ), gone AS (
      DELETE FROM log_total t WHERE NOT EXISTS (
        SELECT FROM totals WHERE (totals.destination_id, totals.source_id) = (t.destination_id, t.source_id))
    )
    INSERT INTO log_total (destination_id, source_id, stored_bytes)
    SELECT destination_id, source_id, bytes FROM totals
    ON CONFLICT (destination_id, source_id) DO UPDATE SET stored_bytes = EXCLUDED.stored_bytes`
}
