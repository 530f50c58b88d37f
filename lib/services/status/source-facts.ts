import type { Tx } from '@/lib/db/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'
import { rememberedRuns } from './remembered-runs'

/** One live source and the backups that its status turns on. Bytes and milliseconds are numbers. */
export interface SourceRow {
  id: string
  name: string
  engine: string
  sample: boolean
  rpoObjectiveMs: number | null
  rtoObjectiveMs: number | null
  /** The newest run, finished or not. */
  runId: string | null
  runStatus: string | null
  runFinishedAt: Date | null
  runVerified: string | null
  runMessage: string | null
  /** The newest good backup; `goodStartedAt` is the point its data stands for. */
  goodId: string | null
  goodStartedAt: Date | null
  goodFinishedAt: Date | null
  goodVerified: string | null
  goodStoredBytes: number | null
  /** The last passed restore, and how long it took. */
  provenId: string | null
  provenAt: Date | null
  restoreDurationMs: number | null
  backups: number
  storedBytes: number
}

/** As PostgreSQL writes it into JSON, which is read several times faster than a thousand rows of twenty columns. */
type InJson = { [Key in keyof SourceRow]: Date extends SourceRow[Key] ? string | null : SourceRow[Key] }

/**
 * All live sources by name, in one query: each of the newest backups is one step into an index of its own, and the
 * sums are kept by triggers (migration insight), so the time depends on the sources and not on the history. The
 * conditions repeat those of the partial indexes word for word; a parameter in their place would not be matched.
 */
export async function readSourceFacts(tx: Tx): Promise<SourceRow[]> {
  const [answer] = await tx.$queryRaw<{ rows: InJson[] | null }[]>`SELECT json_agg(r) AS rows FROM (
    SELECT s.id, s.name, s.engine, s.sample,
      (s.options ->> 'rpoObjectiveMs')::float8 AS "rpoObjectiveMs",
      (s.options ->> 'rtoObjectiveMs')::float8 AS "rtoObjectiveMs",
      run.id AS "runId", run.status AS "runStatus", run.finished_at AS "runFinishedAt", run.verified AS "runVerified",
      run.error ->> 'message' AS "runMessage",
      good.id AS "goodId", good.started_at AS "goodStartedAt", good.finished_at AS "goodFinishedAt",
      good.verified AS "goodVerified", good.stored_bytes::float8 AS "goodStoredBytes",
      proven.id AS "provenId", proven.proven_at AS "provenAt",
      (SELECT (t.evidence ->> 'restoreDurationMs')::float8 FROM restore_test t
        WHERE t.backup_id = proven.id AND t.verdict = 'passed' AND t.level <> 'quick'
        ORDER BY t.started_at DESC LIMIT 1) AS "restoreDurationMs",
      coalesce(total.backups, 0) AS backups, coalesce(total.stored_bytes, 0)::float8 AS "storedBytes"
    FROM source s
    LEFT JOIN source_total total ON total.source_id = s.id
    LEFT JOIN LATERAL (
      SELECT b.id, b.status, b.finished_at, b.verified, b.error FROM backup_history b
      WHERE b.source_id = s.id AND b.deleted_at IS NULL ORDER BY b.started_at DESC LIMIT 1
    ) run ON true
    LEFT JOIN LATERAL (
      SELECT b.id, b.started_at, b.finished_at, b.verified, b.stored_bytes FROM backup_history b
      WHERE b.source_id = s.id AND b.deleted_at IS NULL AND b.status IN ('succeeded', 'partial') AND b.verified <> 'broken'
        AND EXISTS (SELECT 1 FROM backup_copy c WHERE c.backup_id = b.id AND c.state = 'stored')
      ORDER BY b.started_at DESC LIMIT 1
    ) good ON true
    LEFT JOIN LATERAL (
      SELECT b.id, b.proven_at FROM backup_history b
      WHERE b.source_id = s.id AND b.verified = 'proven' AND b.proven_at IS NOT NULL
      ORDER BY b.proven_at DESC LIMIT 1
    ) proven ON true
    WHERE s.deleted_at IS NULL ORDER BY s.name
  ) AS r`
  return (answer?.rows ?? []).map((row) => ({
    ...row,
    runFinishedAt: toDate(row.runFinishedAt),
    goodStartedAt: toDate(row.goodStartedAt),
    goodFinishedAt: toDate(row.goodFinishedAt),
    provenAt: toDate(row.provenAt),
  }))
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text))

type Timing = Pick<ScheduleModel, 'cron' | 'timeZone'>
export type EnabledSchedule = Timing & Pick<ScheduleModel, 'sourceId' | 'action'>

/** The enabled schedules by source. */
export async function readSchedules(tx: Tx): Promise<Map<string, EnabledSchedule[]>> {
  const [answer] = await tx.$queryRaw<{ rows: EnabledSchedule[] | null }[]>`
    SELECT json_agg(json_build_object('sourceId', source_id, 'action', action, 'cron', cron, 'timeZone', time_zone)) AS rows
    FROM schedule WHERE deleted_at IS NULL AND enabled`
  return Map.groupBy(answer?.rows ?? [], (row) => row.sourceId)
}

/** The soonest next run of the schedules given, null when none is enabled. */
export function soonestRun(schedules: Timing[], now: Date): Date | null {
  const times = schedules.flatMap(({ cron, timeZone }) => rememberedRuns(cron, timeZone, now)[0]?.getTime() ?? [])
  return times.length > 0 ? new Date(Math.min(...times)) : null
}

/** How old a proof may be: twice the distance between two runs of the restore-test schedule. */
export function proofValidMs(schedules: Timing[], now: Date): number | null {
  const spans = schedules.flatMap(({ cron, timeZone }) => {
    const [first, second] = rememberedRuns(cron, timeZone, now)
    return first && second ? [second.getTime() - first.getTime()] : []
  })
  return spans.length > 0 ? 2 * Math.min(...spans) : null
}
