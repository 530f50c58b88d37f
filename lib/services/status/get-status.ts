import type { HealthLevel, HealthReason, Status, StatusQuery } from '@/lib/contracts/status'
import { catalogWords, headlineOf, type HeadlineSource } from '@/lib/core/health/headline'
import { healthEvents, incidentReasons } from '@/lib/core/health/incident-reasons'
import { badness, worstHealth } from '@/lib/core/health/source-health'
import { toBackup } from '@/lib/db/catalog/backup'
import { toJob } from '@/lib/db/catalog/job'
import { readBackupRows } from '@/lib/db/catalog/read-backup-rows'
import type { ServiceContext } from '../context'
import { leaseMs } from '../job/recover-jobs'
import { permit } from '../permit'
import { dailyTrend } from './daily-trend'
import { readSchedules, readSourceFacts } from './source-facts'
import { headlineSource, judgeSource, sourceStatus, type JudgedSource } from './source-status'

/**
 * Everything the overview needs, decided at one instant: health with reasons, per source and in total. Health, totals
 * and trend are always of all sources. `limit` shows only the worst sources and reasons, `sourceId` only that source.
 */
export async function getStatus(args: { ctx: ServiceContext; input?: StatusQuery }): Promise<Status> {
  const { ctx, input = {} } = args
  permit(ctx.actor, 'viewer')
  const now = ctx.clock.now()
  const { db } = ctx
  const [rows, schedules, running, workers, trend, failedLast24h, incidents] = await Promise.all([
    readSourceFacts(db, now),
    readSchedules(db),
    db.job.findMany({
      where: { state: { in: ['running', 'queued'] } },
      omit: { log: true },
      // What runs comes before what waits, which can be a thousand jobs.
      orderBy: [{ state: 'desc' }, { createdAt: 'asc' }],
      take: 50,
    }),
    db.worker.findMany({ where: { stoppedAt: null }, orderBy: { heartbeatAt: 'desc' }, take: 20 }),
    input.trend === '0' ? [] : dailyTrend(db, now),
    db.backup.count({
      where: {
        status: { in: ['failed', 'missed', 'interrupted'] },
        startedAt: { gte: new Date(now.getTime() - 86_400_000) },
      },
    }),
    db.alert.findMany({
      where: { resolvedAt: null, event: { in: [...healthEvents] } },
      select: { event: true, sourceId: true, title: true, body: true },
      orderBy: { openedAt: 'asc' },
    }),
  ])
  const told = Map.groupBy(incidentReasons(incidents), (reason) => reason.sourceId)
  const judged = rows.map((row) => judgeSource(row, schedules.get(row.id) ?? [], told.get(row.id) ?? [], now))
  const names = new Map(rows.map((row) => [row.id, row.name]))
  const shown = choose(judged, input).map((source) => sourceStatus(source, now))
  const lastBackups = await readBackupRows(
    db,
    shown.flatMap(({ lastBackupId }) => (lastBackupId ? [lastBackupId] : [])),
  )

  const lastSeen = workers[0]?.heartbeatAt ?? null
  const alive = workers.filter((worker) => now.getTime() - worker.heartbeatAt.getTime() < leaseMs)
  const reasons: HealthReason[] = [...judged.flatMap((source) => source.reasons), ...(told.get(undefined) ?? [])]
  if (alive.length === 0) {
    reasons.unshift({
      code: 'worker-silent',
      level: 'unhealthy',
      message: 'No worker is running: nothing is backed up or tested until one starts.',
    })
  }
  const seen = judged.map(headlineSource)
  const own = seen.filter((source) => !source.isCatalog)
  const catalogAt = seen.findIndex((source) => source.isCatalog)
  if (own.length === 0)
    reasons.push({ code: 'nothing-protected', level: 'unknown', message: 'No source of yours has been added yet.' })
  const toldReasons = input.limit === undefined ? reasons : worstFirst(reasons, ({ level }) => level, input.limit)
  const health = worstHealth(reasons.map((reason) => reason.level))
  return {
    health,
    headline: headlineOf({ sources: seen, health, workerAlive: alive.length > 0 }),
    reasons: toldReasons,
    checkedAt: now.toISOString(),
    worker: { alive: alive.length > 0, lastSeenAt: lastSeen?.toISOString() ?? null, count: alive.length },
    totals: {
      ...counts(seen),
      own: counts(own),
      backups: rows.reduce((sum, row) => sum + row.backups, 0),
      storedBytes: rows.reduce((sum, row) => sum + row.storedBytes, 0),
      failedLast24h,
    },
    catalog: catalogStatus(judged[catalogAt], seen[catalogAt]),
    sources: shown.map(({ lastBackupId, ...status }) => {
      const last = lastBackups.get(lastBackupId ?? '')
      return { ...status, lastBackup: last ? toBackup(last) : null }
    }),
    omitted: { sources: rows.length - shown.length, reasons: reasons.length - toldReasons.length },
    running: running.map((job) => ({ ...toJob(job), sourceName: names.get(job.sourceId ?? '') })),
    trend,
  }
}

const counts = (sources: readonly HeadlineSource[]) => ({
  sources: sources.length,
  protectedSources: sources.filter((source) => source.isProtected).length,
  provenSources: sources.filter((source) => source.isProven).length,
  exceptSources: sources.filter((source) => source.isProven && source.proof.except.length > 0).length,
})

function catalogStatus(judged: JudgedSource | undefined, seen: HeadlineSource | undefined): Status['catalog'] {
  return judged && seen ? { sourceId: judged.row.id, health: judged.health, words: catalogWords(seen) } : null
}

function choose(judged: JudgedSource[], input: StatusQuery): JudgedSource[] {
  const own = input.sourceId === undefined ? judged : judged.filter(({ row }) => row.id === input.sourceId)
  return input.limit === undefined ? own : worstFirst(own, ({ health }) => health, input.limit)
}

/** The worst `limit`, those that are equally bad in their order; untouched when all fit. */
function worstFirst<T>(items: T[], level: (item: T) => HealthLevel, limit: number): T[] {
  if (items.length <= limit) return items
  const levels = [...Map.groupBy(items, level)].sort(([a], [b]) => badness(b) - badness(a))
  return levels.flatMap(([, same]) => same).slice(0, limit)
}
