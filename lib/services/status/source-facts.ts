import { nextRuns } from '@/lib/core/schedule/next-runs'
import type { Tx } from '@/lib/db/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'

/** The newest finished or running run of every source. */
export async function latestRuns(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.$queryRaw<{ source_id: string; id: string }[]>`
    SELECT s.id AS source_id, b.id FROM source s
    CROSS JOIN LATERAL (SELECT id FROM backup_history b WHERE b.source_id = s.id
      AND b.deleted_at IS NULL ORDER BY b.started_at DESC LIMIT 1) b
    WHERE s.deleted_at IS NULL`
  return new Map(rows.map((row) => [row.source_id, row.id]))
}

/** The newest good backup of every source. `started_at` is the point its data stands for. */
export async function latestGood(
  tx: Tx,
): Promise<Map<string, { id: string; startedAt: Date; finishedAt: Date; verified: string; storedBytes: bigint }>> {
  const rows = await tx.$queryRaw<
    { source_id: string; id: string; started_at: Date; finished_at: Date; verified: string; stored_bytes: bigint }[]
  >`
    SELECT s.id AS source_id, b.* FROM source s
    CROSS JOIN LATERAL (SELECT b.id, b.started_at, b.finished_at, b.verified, b.stored_bytes FROM backup_history b
      WHERE b.source_id = s.id AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified <> 'broken'
        AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
      ORDER BY b.started_at DESC LIMIT 1) b
    WHERE s.deleted_at IS NULL`
  return new Map(
    rows.map((row) => [
      row.source_id,
      {
        id: row.id,
        startedAt: row.started_at,
        finishedAt: row.finished_at,
        verified: row.verified,
        storedBytes: row.stored_bytes,
      },
    ]),
  )
}

/** The last passed restore of every source, and how long it took. */
export async function latestProven(
  tx: Tx,
): Promise<Map<string, { backupId: string; provenAt: Date; restoreDurationMs: number | null }>> {
  const rows = await tx.$queryRaw<{ source_id: string; id: string; proven_at: Date; ms: number | null }[]>`
    SELECT s.id AS source_id, b.id, b.proven_at, (
      SELECT (t.evidence ->> 'restoreDurationMs')::float FROM restore_test t
      WHERE t.backup_id = b.id AND t.verdict = 'passed' AND t.level <> 'quick' ORDER BY t.started_at DESC LIMIT 1) AS ms
    FROM source s
    CROSS JOIN LATERAL (SELECT b.id, b.proven_at FROM backup_history b
      WHERE b.source_id = s.id AND b.verified = 'proven' AND b.proven_at IS NOT NULL
      ORDER BY b.proven_at DESC LIMIT 1) b
    WHERE s.deleted_at IS NULL`
  return new Map(
    rows.map((row) => [row.source_id, { backupId: row.id, provenAt: row.proven_at, restoreDurationMs: row.ms }]),
  )
}

/** The soonest next run of the schedules given, null when none is enabled. */
export function soonestRun(schedules: ScheduleModel[], now: Date): Date | null {
  const times = schedules.flatMap((schedule) => nextRuns(schedule.cron, schedule.timeZone, now, 1))
  return times.length > 0 ? new Date(Math.min(...times.map((time) => time.getTime()))) : null
}

/** How old a proof may be: twice the distance between two runs of the restore-test schedule. */
export function proofValidMs(schedules: ScheduleModel[], now: Date): number | null {
  const spans = schedules.flatMap((schedule) => {
    const [first, second] = nextRuns(schedule.cron, schedule.timeZone, now, 2)
    return first && second ? [second.getTime() - first.getTime()] : []
  })
  return spans.length > 0 ? 2 * Math.min(...spans) : null
}
