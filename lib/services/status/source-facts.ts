import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { ScheduleModel } from '@/lib/db/generated/models/Schedule'
import { readLoggedUntil } from '../log/read-logged-until'
import { rememberedRuns } from './remembered-runs'

/** One live source and the backups that its status turns on. Bytes and milliseconds are numbers. */
export interface SourceRow {
  id: string
  name: string
  engine: string
  sample: boolean
  /** Its backups hold this instance's catalog: protected like any other, and never counted as a user's database. */
  isCatalog: boolean
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
  /** The instant up to which its data is stored: by that backup, or by its log where it leads on from a base backup. */
  storedUntil: Date | null
  /** It is stored up to then by its log. */
  isLogged: boolean
  /** The last passed restore, and how long it took. */
  provenId: string | null
  provenAt: Date | null
  restoreDurationMs: number | null
  /** The newest proven backup that is still stored, and what the runs after it came to. */
  newestProvenId: string | null
  newestProvenStartedAt: Date | null
  newestProvenFinishedAt: Date | null
  newestProvenAt: Date | null
  /** The server whose log it needs; null: it needs none. */
  newestProvenIdentity: string | null
  /**
   * The instant up to which its data is proven to be restorable. A proven base backup shows that its log can be replayed from there on, so
   * that it counts up to what is stored; how old that proof may be is for the schedule of restore tests to say.
   */
  provenUntil: Date | null
  /** What that one lacks. */
  newestProvenWithheld: string[] | null
  newerUntested: number
  newerBroken: number
  newerFailed: number
  newerMissed: number
  backups: number
  storedBytes: number
}

/** A time as milliseconds since 1970: a date is made of a number ten times faster than of text. */
const ms = (column: string) => `round(date_part('epoch', ${column}) * 1000)`

/** What each fact is read from: s is the source, k its state, t its sums. */
type Derived = 'storedUntil' | 'isLogged' | 'provenUntil'
const columns: Record<Exclude<keyof SourceRow, Derived>, string> = {
  id: 's.id',
  name: 's.name',
  engine: 's.engine',
  sample: 's.sample',
  isCatalog: 's.catalog',
  rpoObjectiveMs: `(s.options ->> 'rpoObjectiveMs')::float8`,
  rtoObjectiveMs: `(s.options ->> 'rtoObjectiveMs')::float8`,
  runId: 'k.run_id',
  runStatus: 'k.run_status',
  runFinishedAt: ms('k.run_finished_at'),
  runVerified: 'k.run_verified',
  runMessage: 'k.run_message',
  goodId: 'k.good_id',
  goodStartedAt: ms('k.good_started_at'),
  goodFinishedAt: ms('k.good_finished_at'),
  goodVerified: 'k.good_verified',
  goodStoredBytes: 'k.good_stored_bytes',
  provenId: 'k.proven_id',
  provenAt: ms('k.proven_at'),
  restoreDurationMs: 'k.restore_duration_ms',
  newestProvenId: 'k.newest_proven_id',
  newestProvenStartedAt: ms('k.newest_proven_started_at'),
  newestProvenFinishedAt: ms('k.newest_proven_finished_at'),
  newestProvenAt: ms('k.newest_proven_at'),
  newestProvenWithheld: '(SELECT b.withheld FROM backup_history b WHERE b.id = k.newest_proven_id)',
  newestProvenIdentity: `(SELECT b.manifest -> 'range' ->> 'identity' FROM backup_history b
    WHERE b.id = k.newest_proven_id AND EXISTS (SELECT FROM log_stream l WHERE l.source_id = s.id))`,
  newerUntested: 'coalesce(k.newer_untested, 0)',
  newerBroken: 'coalesce(k.newer_broken, 0)',
  newerFailed: 'coalesce(k.newer_failed, 0)',
  newerMissed: 'coalesce(k.newer_missed, 0)',
  backups: 'coalesce(t.backups, 0)',
  storedBytes: 'coalesce(t.stored_bytes, 0)',
}
const times = [
  'runFinishedAt',
  'goodStartedAt',
  'goodFinishedAt',
  'provenAt',
  'newestProvenStartedAt',
  'newestProvenFinishedAt',
  'newestProvenAt',
] as const
const facts = Prisma.raw(
  Object.entries(columns)
    .map(([name, column]) => `${column} AS "${name}"`)
    .join(', '),
)
const lists = Prisma.raw(
  Object.keys(columns)
    .map((name) => `'${name}', json_agg("${name}")`)
    .join(', '),
)

/**
 * All live sources by name, in one query that reads one row of each: triggers keep the state ready (migration
 * source_state) and the sums (migration insight), so the time depends on the sources and not on the history. PostgreSQL
 * makes one JSON text of it with a list for each column, which takes both sides a fraction of what a thousand rows take.
 */
export async function readSourceFacts(tx: Tx, now: Date): Promise<SourceRow[]> {
  const logged = await readLoggedUntil(tx, now)
  const [answer] = await tx.$queryRaw<{ lists: string }[]>`
    SELECT json_build_object(${lists})::text AS lists FROM (
      SELECT ${facts} FROM source s
      LEFT JOIN source_now k ON k.source_id = s.id
      LEFT JOIN source_total t ON t.source_id = s.id
      WHERE s.deleted_at IS NULL ORDER BY s.name
    ) AS rows`
  const read: Record<string, unknown[] | null> = JSON.parse(answer?.lists ?? '{}')
  return (read['id'] ?? []).map((_, at) => {
    const row = toSourceRow(read, at)
    const log = logged.get(row.id)
    const isLogged = log !== undefined && (!row.goodStartedAt || log.until > row.goodStartedAt)
    const storedUntil = isLogged ? log.until : row.goodStartedAt
    const isProvenByLog = isLogged && log.identity !== null && log.identity === row.newestProvenIdentity
    return { ...row, storedUntil, isLogged, provenUntil: isProvenByLog ? storedUntil : row.newestProvenStartedAt }
  })
}

/** The compiler asks for every fact in `columns`, and the query answers with these columns alone. */
function toSourceRow(read: Record<string, unknown[] | null>, at: number): Omit<SourceRow, Derived> {
  const row: Record<string, unknown> = {}
  for (const name in columns) row[name] = read[name]?.[at]
  for (const name of times) {
    const time = row[name]
    row[name] = typeof time === 'number' ? new Date(time) : null
  }
  return row as unknown as SourceRow
}

type Timing = Pick<ScheduleModel, 'cron' | 'timeZone'>
export type EnabledSchedule = Timing & Pick<ScheduleModel, 'sourceId' | 'action'>

/** The enabled schedules by source. */
export async function readSchedules(tx: Tx): Promise<Map<string, EnabledSchedule[]>> {
  const [answer] = await tx.$queryRaw<{ rows: string | null }[]>`
    SELECT json_agg(ARRAY[source_id::text, action, cron, time_zone])::text AS rows
    FROM schedule WHERE deleted_at IS NULL AND enabled`
  const rows: [sourceId: string, action: string, cron: string, timeZone: string][] = JSON.parse(answer?.rows ?? '[]')
  return Map.groupBy(
    rows.map(([sourceId, action, cron, timeZone]) => ({ sourceId, action, cron, timeZone })),
    ({ sourceId }) => sourceId,
  )
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
