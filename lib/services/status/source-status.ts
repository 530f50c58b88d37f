import { verifiedSchema } from '@/lib/contracts/backup'
import type { HealthLevel, HealthReason, SourceStatus } from '@/lib/contracts/status'
import { sourceHealth, worstHealth } from '@/lib/core/health/source-health'
import { proofValidMs, soonestRun, type SourceRow, type EnabledSchedule } from './source-facts'

/** A source and how it stands: what is worked out for each of them, shown or not. */
export interface JudgedSource {
  row: SourceRow
  schedules: EnabledSchedule[]
  health: HealthLevel
  reasons: HealthReason[]
}

/** Everything of a source's status but the newest run itself, which is read for those that are shown. */
export type SourceStatusFacts = Omit<SourceStatus, 'lastBackup'> & { lastBackupId: string | null }

/**
 * How one source stands at `now`. Health is decided in lib/core/health; this gathers what it asks for. `incidents` are
 * reasons that were told as alerts and go on.
 */
export function judgeSource(
  row: SourceRow,
  schedules: EnabledSchedule[],
  incidents: HealthReason[],
  now: Date,
): JudgedSource {
  const health = sourceHealth(
    {
      sourceId: row.id,
      name: row.name,
      lastGoodAt: row.goodStartedAt,
      lastRun:
        row.runStatus !== null && row.runFinishedAt
          ? { status: row.runStatus, finishedAt: row.runFinishedAt, message: row.runMessage }
          : null,
      latestVerified: row.runVerified === 'broken' ? 'broken' : verifiedOf(row),
      lastProvenAt: row.provenAt,
      // Asked only of a source that was proven once: without a proof there is nothing that could be too old.
      proofValidMs: row.provenAt ? proofValidMs(schedules.filter(isTest), now) : null,
      hasBackupSchedule: schedules.some(isBackup),
      rpoObjectiveMs: row.rpoObjectiveMs,
      rtoObjectiveMs: row.rtoObjectiveMs,
      restoreDurationMs: row.restoreDurationMs,
    },
    now,
  )
  if (incidents.length === 0) return { row, schedules, health: health.level, reasons: health.reasons }
  return {
    row,
    schedules,
    health: worstHealth([health.level, ...incidents.map(({ level }) => level)]),
    reasons: [...health.reasons, ...incidents],
  }
}

/** A judged source in the words of the contract. */
export function sourceStatus({ row, schedules, health, reasons }: JudgedSource, now: Date): SourceStatusFacts {
  const { goodId, goodStartedAt, goodFinishedAt, provenId, provenAt, restoreDurationMs } = row
  const verified = verifiedOf(row)
  return {
    sourceId: row.id,
    sourceName: row.name,
    engine: row.engine,
    sample: row.sample,
    health,
    reasons,
    lastBackupId: row.runId,
    lastGoodBackup:
      goodId && goodFinishedAt && verified
        ? { id: goodId, finishedAt: goodFinishedAt.toISOString(), verified, storedBytes: row.goodStoredBytes ?? 0 }
        : null,
    lastProven:
      provenId && provenAt ? { backupId: provenId, provenAt: provenAt.toISOString(), restoreDurationMs } : null,
    nextBackupAt: soonestRun(schedules.filter(isBackup), now)?.toISOString() ?? null,
    nextRestoreTestAt: soonestRun(schedules.filter(isTest), now)?.toISOString() ?? null,
    exposureMs: goodStartedAt ? Math.max(0, now.getTime() - goodStartedAt.getTime()) : null,
    rpoObjectiveMs: row.rpoObjectiveMs,
    rtoObjectiveMs: row.rtoObjectiveMs,
    storedBytes: row.storedBytes,
    backupCount: row.backups,
  }
}

const isBackup = ({ action }: EnabledSchedule): boolean => action === 'backup'
const isTest = ({ action }: EnabledSchedule): boolean => action === 'restore-test'
const verifiedOf = ({ goodVerified }: SourceRow) => (goodVerified === null ? null : verifiedSchema.parse(goodVerified))

/** Protected means: there is a good backup to restore from. */
export const isProtected = ({ row }: JudgedSource): boolean => row.goodId !== null && row.goodFinishedAt !== null

/** Proven means: a restore test passed, it is not overdue, and nothing newer was found broken. */
export function isProven({ row, reasons }: JudgedSource): boolean {
  return row.provenAt !== null && !reasons.some((reason) => spoiling.includes(reason.code))
}
const spoiling = ['proof-too-old', 'latest-broken', 'never-proven']
