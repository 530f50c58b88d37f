import { Prisma } from '@/lib/db/generated/client'

/** What destinations hold: copies of backups, as triggers keep it, and the log, which is in no storage class of its own. */
export const heldTotals = Prisma.sql`(
  SELECT destination_id, source_id, storage_class, copies, stored_bytes FROM copy_total
  UNION ALL
  SELECT destination_id, source_id, '', 0, stored_bytes FROM log_total
)`
