import type { Status } from '@/lib/contracts/status'
import type { Tx } from '@/lib/db/client'

/** One point a UTC day for the last 30 days, days without runs included. Sizes are those of the day's good backups. */
export async function dailyTrend(tx: Tx, now: Date): Promise<Status['trend']> {
  const rows = await tx.$queryRaw<
    { day: string; source_bytes: number; stored_bytes: number; succeeded: number; failed: number; missed: number }[]
  >`
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day,
      coalesce(sum(b.source_bytes) FILTER (WHERE b.status IN ('succeeded', 'partial')), 0)::float8 AS source_bytes,
      coalesce(sum(b.stored_bytes) FILTER (WHERE b.status IN ('succeeded', 'partial')), 0)::float8 AS stored_bytes,
      count(b.id) FILTER (WHERE b.status = 'succeeded')::int AS succeeded,
      count(b.id) FILTER (WHERE b.status IN ('failed', 'partial', 'interrupted'))::int AS failed,
      count(b.id) FILTER (WHERE b.status = 'missed')::int AS missed
    FROM generate_series(date_trunc('day', ${now}::timestamptz AT TIME ZONE 'UTC') - interval '29 days',
                         date_trunc('day', ${now}::timestamptz AT TIME ZONE 'UTC'), interval '1 day') AS d(day)
    LEFT JOIN backup_history b ON b.started_at >= d.day AT TIME ZONE 'UTC' AND b.started_at < (d.day + interval '1 day') AT TIME ZONE 'UTC'
    GROUP BY d.day ORDER BY d.day`
  return rows.map((row) => ({
    day: row.day,
    sourceBytes: row.source_bytes,
    storedBytes: row.stored_bytes,
    succeeded: row.succeeded,
    failed: row.failed,
    missed: row.missed,
  }))
}
