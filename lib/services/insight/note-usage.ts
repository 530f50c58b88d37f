import { heldTotals } from '@/lib/services/insight/held-totals'
import type { Tx } from '@/lib/db/client'

/** Writes down what lies in every destination today; the last note of a day stays as that day's. */
export async function noteUsage(tx: Tx, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO destination_day
    SELECT d.id, (${now}::timestamptz AT TIME ZONE 'UTC')::date, coalesce(sum(t.copies), 0), coalesce(sum(t.stored_bytes), 0)
    FROM destination d LEFT JOIN ${heldTotals} t ON t.destination_id = d.id
    WHERE d.deleted_at IS NULL GROUP BY d.id
    ON CONFLICT (destination_id, day) DO UPDATE SET copies = excluded.copies, stored_bytes = excluded.stored_bytes`
}
