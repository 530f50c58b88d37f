import type { Failure } from '@/lib/contracts/common'
import { sourceOptionsSchema } from '@/lib/contracts/source'
import type { HealthReason, SourceStatus, Status } from '@/lib/contracts/status'
import { verifiedSchema } from '@/lib/contracts/backup'
import { sourceHealth, worstHealth } from '@/lib/core/health/source-health'
import { backupInclude, backupListOmit, toBackup } from '@/lib/db/catalog/backup'
import { toJob } from '@/lib/db/catalog/job'
import type { ServiceContext } from '../context'
import { leaseMs } from '../job/recover-jobs'
import { permit } from '../permit'
import { dailyTrend } from './daily-trend'
import { latestGood, latestProven, latestRuns, proofValidMs, soonestRun } from './source-facts'

/** Everything the overview needs, decided at one instant: health with reasons, per source and in total. */
export async function getStatus(args: { ctx: ServiceContext }): Promise<Status> {
  const { ctx } = args
  permit(ctx.actor, 'viewer')
  const now = ctx.clock.now()
  const { db } = ctx
  const [sources, schedules, runIds, good, proven, sums, running, workers, trend, failedLast24h] = await Promise.all([
    db.source.findMany({ where: { deletedAt: null }, orderBy: { name: 'asc' } }),
    db.schedule.findMany({ where: { deletedAt: null, enabled: true } }),
    latestRuns(db),
    latestGood(db),
    latestProven(db),
    db.backup.groupBy({
      by: ['sourceId'],
      where: { deletedAt: null, sample: false, status: { in: ['succeeded', 'partial'] } },
      _sum: { storedBytes: true },
      _count: { _all: true },
    }),
    db.job.findMany({ where: { state: { in: ['running', 'queued'] } }, orderBy: { createdAt: 'asc' }, take: 50 }),
    db.worker.findMany({ where: { stoppedAt: null }, orderBy: { heartbeatAt: 'desc' }, take: 20 }),
    dailyTrend(db, now),
    db.backup.count({
      where: {
        status: { in: ['failed', 'missed', 'interrupted'] },
        startedAt: { gte: new Date(now.getTime() - 86_400_000) },
      },
    }),
  ])
  const lastRuns = await db.backup.findMany({
    where: { id: { in: [...runIds.values()] } },
    include: backupInclude,
    omit: backupListOmit,
  })
  const runBySource = new Map(lastRuns.map((row) => [row.sourceId, toBackup(row)]))
  const sumBySource = new Map(sums.map((row) => [row.sourceId, row]))

  const statuses: SourceStatus[] = sources.map((source) => {
    const options = sourceOptionsSchema.parse(source.options)
    const own = schedules.filter((schedule) => schedule.sourceId === source.id)
    const backups = own.filter((schedule) => schedule.action === 'backup')
    const tests = own.filter((schedule) => schedule.action === 'restore-test')
    const lastRun = runBySource.get(source.id) ?? null
    const lastGood = good.get(source.id) ?? null
    const lastProven = proven.get(source.id) ?? null
    const health = sourceHealth(
      {
        sourceId: source.id,
        name: source.name,
        lastGoodAt: lastGood?.startedAt ?? null,
        lastRun: lastRun?.finishedAt
          ? { status: lastRun.status, finishedAt: new Date(lastRun.finishedAt), message: messageOf(lastRun.error) }
          : null,
        latestVerified:
          lastRun?.verified === 'broken' ? 'broken' : lastGood ? verifiedSchema.parse(lastGood.verified) : null,
        lastProvenAt: lastProven?.provenAt ?? null,
        proofValidMs: proofValidMs(tests, now),
        hasBackupSchedule: backups.length > 0,
        rpoObjectiveMs: options.rpoObjectiveMs ?? null,
        rtoObjectiveMs: options.rtoObjectiveMs ?? null,
        restoreDurationMs: lastProven?.restoreDurationMs ?? null,
      },
      now,
    )
    const sum = sumBySource.get(source.id)
    return {
      sourceId: source.id,
      sourceName: source.name,
      engine: source.engine,
      sample: source.sample,
      health: health.level,
      reasons: health.reasons,
      lastBackup: lastRun,
      lastGoodBackup: lastGood
        ? {
            id: lastGood.id,
            finishedAt: lastGood.finishedAt.toISOString(),
            verified: verifiedSchema.parse(lastGood.verified),
            storedBytes: Number(lastGood.storedBytes),
          }
        : null,
      lastProven: lastProven ? { ...lastProven, provenAt: lastProven.provenAt.toISOString() } : null,
      nextBackupAt: soonestRun(backups, now)?.toISOString() ?? null,
      nextRestoreTestAt: soonestRun(tests, now)?.toISOString() ?? null,
      exposureMs: lastGood ? Math.max(0, now.getTime() - lastGood.startedAt.getTime()) : null,
      rpoObjectiveMs: options.rpoObjectiveMs ?? null,
      rtoObjectiveMs: options.rtoObjectiveMs ?? null,
      storedBytes: Number(sum?._sum.storedBytes ?? 0),
      backupCount: sum?._count._all ?? 0,
    }
  })

  const lastSeen = workers[0]?.heartbeatAt ?? null
  const alive = workers.filter((worker) => now.getTime() - worker.heartbeatAt.getTime() < leaseMs)
  const reasons: HealthReason[] = statuses.flatMap((status) => status.reasons)
  if (alive.length === 0) {
    reasons.unshift({
      code: 'worker-silent',
      level: 'unhealthy',
      message: 'No worker is running: nothing is backed up or tested until one starts.',
    })
  }
  if (statuses.length === 0)
    reasons.push({ code: 'nothing-protected', level: 'unknown', message: 'No source has been added yet.' })
  return {
    health: worstHealth(reasons.map((reason) => reason.level)),
    reasons,
    checkedAt: now.toISOString(),
    worker: { alive: alive.length > 0, lastSeenAt: lastSeen?.toISOString() ?? null, count: alive.length },
    totals: {
      sources: statuses.length,
      protectedSources: statuses.filter((status) => status.lastGoodBackup).length,
      provenSources: statuses.filter((status) => isProven(status)).length,
      backups: statuses.reduce((sum, status) => sum + status.backupCount, 0),
      storedBytes: statuses.reduce((sum, status) => sum + status.storedBytes, 0),
      failedLast24h,
    },
    sources: statuses,
    running: running.map(toJob),
    trend,
  }
}

/** Proven means: a restore test passed, it is not overdue, and nothing newer was found broken. */
function isProven(status: SourceStatus): boolean {
  const spoiling = ['proof-too-old', 'latest-broken', 'never-proven']
  return status.lastProven !== null && !status.reasons.some((reason) => spoiling.includes(reason.code))
}

function messageOf(failure: Failure | null): string | null {
  return failure?.message ?? null
}
