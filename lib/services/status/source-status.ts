import { verifiedSchema } from '@/lib/contracts/backup'
import type { HealthReason, SourceStatus } from '@/lib/contracts/status'
import { sourceHealth, worstHealth } from '@/lib/core/health/source-health'
import { proofValidMs, soonestRun, type SourceRow, type EnabledSchedule } from './source-facts'

/** Everything of a source's status but the newest run itself, which only those that are shown need. */
export type SourceStatusFacts = Omit<SourceStatus, 'lastBackup'> & { lastBackupId: string | null }

/**
 * The status of one source at `now`. Health is decided in lib/core/health; this gathers what it asks for. `incidents`
 * are reasons that were told as alerts and go on.
 */
export function sourceStatus(
  row: SourceRow,
  schedules: EnabledSchedule[] | undefined,
  incidents: HealthReason[],
  now: Date,
): SourceStatusFacts {
  const backups = schedules?.filter(({ action }) => action === 'backup') ?? []
  const tests = schedules?.filter(({ action }) => action === 'restore-test') ?? []
  const { goodId, goodStartedAt, goodFinishedAt, provenId, provenAt, rpoObjectiveMs, rtoObjectiveMs } = row
  const goodVerified = row.goodVerified === null ? null : verifiedSchema.parse(row.goodVerified)
  const health = sourceHealth(
    {
      sourceId: row.id,
      name: row.name,
      lastGoodAt: goodStartedAt,
      lastRun:
        row.runStatus !== null && row.runFinishedAt
          ? { status: row.runStatus, finishedAt: row.runFinishedAt, message: row.runMessage }
          : null,
      latestVerified: row.runVerified === 'broken' ? 'broken' : goodVerified,
      lastProvenAt: provenAt,
      proofValidMs: proofValidMs(tests, now),
      hasBackupSchedule: backups.length > 0,
      rpoObjectiveMs,
      rtoObjectiveMs,
      restoreDurationMs: row.restoreDurationMs,
    },
    now,
  )
  return {
    sourceId: row.id,
    sourceName: row.name,
    engine: row.engine,
    sample: row.sample,
    health: worstHealth([health.level, ...incidents.map(({ level }) => level)]),
    reasons: [...health.reasons, ...incidents],
    lastBackupId: row.runId,
    lastGoodBackup:
      goodId && goodFinishedAt && goodVerified
        ? {
            id: goodId,
            finishedAt: goodFinishedAt.toISOString(),
            verified: goodVerified,
            storedBytes: row.goodStoredBytes ?? 0,
          }
        : null,
    lastProven:
      provenId && provenAt
        ? { backupId: provenId, provenAt: provenAt.toISOString(), restoreDurationMs: row.restoreDurationMs }
        : null,
    nextBackupAt: soonestRun(backups, now)?.toISOString() ?? null,
    nextRestoreTestAt: soonestRun(tests, now)?.toISOString() ?? null,
    exposureMs: goodStartedAt ? Math.max(0, now.getTime() - goodStartedAt.getTime()) : null,
    rpoObjectiveMs,
    rtoObjectiveMs,
    storedBytes: row.storedBytes,
    backupCount: row.backups,
  }
}

/** Proven means: a restore test passed, it is not overdue, and nothing newer was found broken. */
export function isProven(status: Pick<SourceStatus, 'lastProven' | 'reasons'>): boolean {
  return status.lastProven !== null && !status.reasons.some((reason) => spoiling.includes(reason.code))
}
const spoiling = ['proof-too-old', 'latest-broken', 'never-proven']
