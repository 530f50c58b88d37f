import type { RetentionRules } from '../../contracts/retention'

/** What retention needs to know of one finished backup. */
export interface RetainedBackup {
  id: string
  startedAt: Date
  /** Succeeded or partial with a stored copy, and not found broken. */
  good: boolean
  pinned: boolean
  storedBytes: number
}

export interface RetentionDecision {
  id: string
  keep: boolean
  /** Why it is kept, or why it goes; never empty. */
  reasons: string[]
}

const dayMs = 86_400_000
/** A backup dated further ahead than this comes from a wrong clock. */
const futureToleranceMs = 3_600_000

/**
 * Decides for every backup of one source. Only good backups count; the newest good one, pinned ones and the minimum
 * are always kept. Age is measured from the newest good backup, never from the wall clock: a clock that jumps, or
 * sixty days of failures, delete nothing. What is not good goes only when an unbroken newer one exists and the rules
 * would not keep it for its age.
 */
export function planRetention(backups: RetainedBackup[], rules: RetentionRules, now: Date): RetentionDecision[] {
  const newestFirst = [...backups].sort(
    (a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1),
  )
  const isFuture = (backup: RetainedBackup) => backup.startedAt.getTime() > now.getTime() + futureToleranceMs
  const good = newestFirst.filter((backup) => backup.good && !isFuture(backup))
  const newestGood = good[0]
  const reference = newestGood ? newestGood.startedAt.getTime() : null

  return newestFirst.map((backup) => {
    const reasons: string[] = []
    if (backup.pinned) reasons.push('pinned')
    if (isFuture(backup)) reasons.push('dated in the future: the clock was wrong, decide by hand')
    if (backup === newestGood) reasons.push('the last good backup')
    if (reference === null) reasons.push('no good backup exists yet')
    else {
      const ageDays = (reference - backup.startedAt.getTime()) / dayMs
      if (rules.keepDays !== undefined && ageDays < rules.keepDays)
        reasons.push(`within ${rules.keepDays} days of the newest good backup`)
      if (backup.good && !isFuture(backup)) {
        const rank = good.indexOf(backup) + 1
        if (rules.keepLast !== undefined && rank <= rules.keepLast)
          reasons.push(`number ${rank} of the newest ${rules.keepLast}`)
        if (rank <= rules.minimum) reasons.push(`number ${rank} of the minimum ${rules.minimum}`)
      }
    }
    if (reasons.length > 0) return { id: backup.id, keep: true, reasons }
    return { id: backup.id, keep: false, reasons: [describeExpiry(backup, rules, reference ?? 0)] }
  })
}

function describeExpiry(backup: RetainedBackup, rules: RetentionRules, reference: number): string {
  const ageDays = Math.floor((reference - backup.startedAt.getTime()) / dayMs)
  const limits = [
    rules.keepDays === undefined ? null : `${rules.keepDays} days`,
    rules.keepLast === undefined ? null : `the newest ${rules.keepLast}`,
  ].filter((limit) => limit !== null)
  return `${ageDays} days older than the newest good backup; the policy keeps ${limits.join(' and ')}`
}
