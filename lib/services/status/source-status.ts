import { verifiedSchema } from '@/lib/contracts/backup'
import type { HealthLevel, HealthReason, SourceStatus } from '@/lib/contracts/status'
import type { HeadlineSource } from '@/lib/core/health/headline'
import { proofWords, type ProofFacts } from '@/lib/core/health/proof'
import { sourceHealth, worstHealth } from '@/lib/core/health/source-health'
import { stamp } from '@/lib/core/health/words'
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
 * reasons from alerts that are still open.
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
      lastGoodAt: row.storedUntil,
      lastRun:
        row.runStatus !== null && row.runFinishedAt
          ? { status: row.runStatus, finishedAt: row.runFinishedAt, message: row.runMessage }
          : null,
      latestVerified: row.runVerified === 'broken' ? 'broken' : verifiedOf(row),
      lastProvenAt: row.provenAt,
      provenUpTo: row.provenUntil,
      isLogged: row.isLogged,
      newer: newerRuns(row),
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
    isCatalog: row.isCatalog,
    health,
    reasons,
    lastBackupId: row.runId,
    lastGoodBackup:
      goodId && goodStartedAt && goodFinishedAt && verified
        ? {
            id: goodId,
            startedAt: goodStartedAt.toISOString(),
            finishedAt: goodFinishedAt.toISOString(),
            verified,
            storedBytes: row.goodStoredBytes ?? 0,
          }
        : null,
    lastProven:
      provenId && provenAt ? { backupId: provenId, provenAt: provenAt.toISOString(), restoreDurationMs } : null,
    proof: proofOf(row),
    nextBackupAt: soonestRun(schedules.filter(isBackup), now)?.toISOString() ?? null,
    nextRestoreTestAt: soonestRun(schedules.filter(isTest), now)?.toISOString() ?? null,
    exposureMs: age(row.storedUntil, now),
    provenExposureMs: age(row.provenUntil, now),
    rpoObjectiveMs: row.rpoObjectiveMs,
    rtoObjectiveMs: row.rtoObjectiveMs,
    storedBytes: row.storedBytes,
    backupCount: row.backups,
  }
}

const isBackup = ({ action }: EnabledSchedule): boolean => action === 'backup'
const isTest = ({ action }: EnabledSchedule): boolean => action === 'restore-test'
const verifiedOf = ({ goodVerified }: SourceRow) => (goodVerified === null ? null : verifiedSchema.parse(goodVerified))

const age = (from: Date | null, now: Date) => (from ? Math.max(0, now.getTime() - from.getTime()) : null)

const newerRuns = (row: SourceRow): ProofFacts['newer'] => ({
  untested: row.newerUntested,
  broken: row.newerBroken,
  failed: row.newerFailed,
  missed: row.newerMissed,
})
const proofFacts = (row: SourceRow): ProofFacts => ({
  provenUpTo: row.newestProvenStartedAt?.toISOString() ?? null,
  newer: newerRuns(row),
  except: row.newestProvenWithheld ?? [],
})

function proofOf(row: SourceRow): SourceStatus['proof'] {
  const { newestProvenId, newestProvenStartedAt, newestProvenFinishedAt, newestProvenAt } = row
  const facts = proofFacts(row)
  return {
    newestProven:
      newestProvenId && newestProvenStartedAt
        ? {
            backupId: newestProvenId,
            startedAt: newestProvenStartedAt.toISOString(),
            finishedAt: newestProvenFinishedAt?.toISOString() ?? null,
            provenAt: newestProvenAt?.toISOString() ?? null,
            except: [...facts.except],
          }
        : null,
    newer: facts.newer,
    words: proofWords(facts, stamp),
  }
}

/** Protected means: there is a good backup to restore from. */
export const isProtected = ({ row }: JudgedSource): boolean => row.goodId !== null && row.goodFinishedAt !== null

/** Proven means: a stored backup is proven, its proof is not overdue, and nothing newer was found broken. */
export function isProven({ row, reasons }: JudgedSource): boolean {
  return row.newestProvenId !== null && !reasons.some((reason) => spoiling.includes(reason.code))
}
const spoiling = ['proof-too-old', 'latest-broken', 'newer-broken']

/** What the headline is made of. */
export function headlineSource(source: JudgedSource): HeadlineSource {
  return {
    name: source.row.name,
    isCatalog: source.row.isCatalog,
    health: source.health,
    codes: source.reasons.map(({ code }) => code),
    isProtected: isProtected(source),
    isProven: isProven(source),
    proof: proofFacts(source.row),
  }
}
