import type { DayValue } from '@/lib/core/insight/fit-growth'
import { heldTotals } from '@/lib/services/insight/held-totals'
import type { Tx } from '@/lib/db/client'

/** How far back trends look. */
export const trendDays = 90

/** What a destination holds of a source in one storage class, as the store named it ("": not at all). */
export interface HeldBytes {
  destinationId: string
  sourceId: string
  storageClass: string
  copies: number
  bytes: number
}

export function readHeldBytes(tx: Tx): Promise<HeldBytes[]> {
  return tx.$queryRaw<HeldBytes[]>`
    SELECT destination_id AS "destinationId", source_id AS "sourceId", storage_class AS "storageClass", copies,
      stored_bytes::float8 AS bytes
    FROM ${heldTotals} t WHERE copies > 0 OR stored_bytes > 0`
}

/** What lay in each destination at the end of the days that were noted, oldest first; today is not among them. */
export async function readDestinationDays(tx: Tx, today: number): Promise<Map<string, DayValue[]>> {
  const rows = await tx.$queryRaw<{ destinationId: string; day: number; value: number }[]>`
    SELECT destination_id AS "destinationId", day - date '1970-01-01' AS day, stored_bytes::float8 AS value
    FROM destination_day
    WHERE day >= date '1970-01-01' + ${today - trendDays}::int AND day < date '1970-01-01' + ${today}::int ORDER BY day`
  return Map.groupBy(rows, (row) => row.destinationId)
}

/** The mean size of a source's good backups on the days that had one, oldest first. */
export interface SourceDays {
  sourceId: string
  days: number[]
  sourceBytes: number[]
  backupBytes: number[]
}

/** Of one source, or of all. */
export function readSourceDays(tx: Tx, today: number, sourceId: string | null): Promise<SourceDays[]> {
  return tx.$queryRaw<SourceDays[]>`
    SELECT source_id AS "sourceId", array_agg(day - date '1970-01-01' ORDER BY day) AS days,
      array_agg(source_bytes::float8 / (succeeded + partial) ORDER BY day) AS "sourceBytes",
      array_agg(stored_bytes::float8 / (succeeded + partial) ORDER BY day) AS "backupBytes"
    FROM backup_day
    WHERE day >= date '1970-01-01' + ${today - trendDays}::int AND succeeded + partial > 0
      AND (${sourceId}::uuid IS NULL OR source_id = ${sourceId}::uuid)
    GROUP BY source_id`
}

/** Two lists of the same length as one of points. */
export const pointsOf = (days: readonly number[], values: readonly number[]): DayValue[] =>
  days.map((day, index) => ({ day, value: values[index] ?? 0 }))
