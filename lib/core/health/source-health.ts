import type { HealthLevel, HealthReason } from '../../contracts/status'
import { tellFailure } from '../tell-failure'
import type { NewerRuns } from './proof'

/** Facts about one source, as the catalog has them. Times are null when it never happened. */
export interface SourceFacts {
  sourceId: string
  name: string
  lastGoodAt: Date | null
  /** The newest finished backup run, good or not. */
  lastRun: { status: string; finishedAt: Date; message: string | null } | null
  /** The latest good backup's verdict, and when any backup of the source was last proven. */
  latestVerified: 'proven' | 'unproven' | 'broken' | null
  lastProvenAt: Date | null
  /** The instant up to which its data is proven to be restorable, by a backup that is still stored; and what came after that one. */
  provenUpTo: Date | null
  /** `lastGoodAt` is that of its log, which leads on from a base backup. */
  isLogged: boolean
  newer: NewerRuns
  /** Longest time a restore test may be old: twice the restore-test schedule's interval, null without a schedule. */
  proofValidMs: number | null
  hasBackupSchedule: boolean
  rpoObjectiveMs: number | null
  rtoObjectiveMs: number | null
  /** Measured by the last passed restore test. */
  restoreDurationMs: number | null
}

const order: HealthLevel[] = ['healthy', 'unknown', 'degraded', 'unhealthy']

/** The higher, the worse. */
export const badness = (level: HealthLevel): number => order.indexOf(level)

/** The worst of several levels; `unknown` beats `healthy` because green must be a verified fact. */
export function worstHealth(levels: HealthLevel[]): HealthLevel {
  return levels.reduce<HealthLevel>(
    (worst, level) => (order.indexOf(level) > order.indexOf(worst) ? level : worst),
    'healthy',
  )
}

/** Health of one source with every reason that keeps it from being healthy. Healthy has no reasons. */
export function sourceHealth(facts: SourceFacts, now: Date): { level: HealthLevel; reasons: HealthReason[] } {
  const reasons: HealthReason[] = []
  const add = (code: string, level: HealthLevel, message: string) =>
    reasons.push({ code, level, message, sourceId: facts.sourceId })

  if (!facts.lastGoodAt) {
    if (facts.lastRun) add('never-succeeded', 'unhealthy', `No backup of ${facts.name} has ever succeeded.`)
    else add('no-backup-yet', 'unhealthy', `${facts.name} has no backup yet.`)
  }
  if (facts.lastRun && ['failed', 'interrupted', 'missed'].includes(facts.lastRun.status)) {
    const tail = facts.lastRun.message ? ` ${facts.lastRun.message}` : ''
    add(
      'last-run-not-good',
      facts.lastGoodAt ? 'degraded' : 'unhealthy',
      `The last backup of ${facts.name} ${pastTense(facts.lastRun.status)}.${tail}`,
    )
  }
  if (facts.lastRun?.status === 'partial') {
    const tail = facts.lastRun.message ? ` ${tellFailure({ message: facts.lastRun.message })}` : ''
    add('copy-missing', 'degraded', `The last backup of ${facts.name} is missing a copy.${tail}`)
  }
  if (facts.lastGoodAt) {
    const over = exceeded(facts, now)
    if (over === 'newest')
      add('exposure-over-objective', 'unhealthy', `${facts.name} could lose more data than its objective allows.`)
    if (over === 'proven') {
      add(
        'proven-exposure-over-objective',
        'degraded',
        facts.isLogged
          ? `${facts.name} keeps its objective only by its log, and no base backup that leads to it is proven.`
          : `${facts.name} keeps its objective only with a backup that is not proven; the newest proven one is too old.`,
      )
    }
    if (facts.latestVerified === 'broken')
      add('latest-broken', 'unhealthy', `The latest backup of ${facts.name} failed its restore test.`)
    else if (facts.provenUpTo && facts.newer.broken > 0)
      add('newer-broken', 'degraded', `A backup of ${facts.name} that is newer than the proven one is broken.`)
    if (facts.latestVerified === 'broken') {
      // Said above, and worse than any of these.
    } else if (!facts.lastProvenAt)
      add('never-proven', 'unknown', `No backup of ${facts.name} has been proven by a restore yet.`)
    else if (!facts.provenUpTo)
      add('none-proven', 'unknown', `No backup of ${facts.name} that is kept is proven; the proven ones are gone.`)
    else if (facts.proofValidMs !== null && now.getTime() - facts.lastProvenAt.getTime() > facts.proofValidMs) {
      add('proof-too-old', 'degraded', `The last restore test of ${facts.name} is overdue.`)
    }
    if (
      facts.rtoObjectiveMs !== null &&
      facts.restoreDurationMs !== null &&
      facts.restoreDurationMs > facts.rtoObjectiveMs
    ) {
      add('restore-over-objective', 'degraded', `Restoring ${facts.name} took longer than its objective.`)
    }
  }
  if (!facts.hasBackupSchedule) add('no-schedule', 'degraded', `${facts.name} has no backup schedule.`)
  return { level: worstHealth(reasons.map((reason) => reason.level)), reasons }
}

/** Which exposure is over the objective: that of the newest good backup, or only that of the newest proven one. */
export function exceeded(
  facts: Pick<SourceFacts, 'lastGoodAt' | 'provenUpTo' | 'rpoObjectiveMs'>,
  now: Date,
): 'newest' | 'proven' | null {
  const { rpoObjectiveMs, lastGoodAt, provenUpTo } = facts
  const over = (from: Date | null) =>
    from !== null && rpoObjectiveMs !== null && now.getTime() - from.getTime() > rpoObjectiveMs
  return over(lastGoodAt) ? 'newest' : over(provenUpTo) ? 'proven' : null
}

function pastTense(status: string): string {
  return status === 'missed' ? 'was missed' : status === 'interrupted' ? 'was interrupted' : 'failed'
}
