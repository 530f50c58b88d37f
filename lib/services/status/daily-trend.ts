import type { Status } from '@/lib/contracts/status'
import type { Tx } from '@/lib/db/client'

/** One point a UTC day for the last 30 days, days without runs included. Sizes are those of the day's good backups. */
export async function dailyTrend(tx: Tx, now: Date): Promise<Status['trend']> {
  return tx.$queryRaw<Status['trend']>`
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day,
      coalesce(b.source_bytes, 0)::float8 AS "sourceBytes",
      coalesce(b.stored_bytes, 0)::float8 AS "storedBytes",
      coalesce(b.succeeded, 0)::int AS succeeded,
      coalesce(b.failed, 0)::int AS failed,
      coalesce(b.missed, 0)::int AS missed
    FROM generate_series(date_trunc('day', ${now}::timestamptz AT TIME ZONE 'UTC') - interval '29 days',
                         date_trunc('day', ${now}::timestamptz AT TIME ZONE 'UTC'), interval '1 day') AS d(day)
    LEFT JOIN (
      SELECT day, sum(source_bytes) AS source_bytes, sum(stored_bytes) AS stored_bytes, sum(succeeded) AS succeeded,
        sum(failed + partial + interrupted) AS failed, sum(missed) AS missed
      FROM backup_day WHERE day >= (${now}::timestamptz AT TIME ZONE 'UTC')::date - 29 GROUP BY day
    ) b ON b.day = d.day::date
    ORDER BY d.day`
}
