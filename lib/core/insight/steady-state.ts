import type { RetentionRules } from '../../contracts/retention'
import { planRetention } from '../retention/plan-retention'
import type { RetainedBackup } from '../retention/retained-backup'

const dayMs = 86_400_000
const mostPretended = 6_000

/**
 * How many backups of a source rules keep in the long run, when one of `bytes` is taken every `everyMs`. The rules are
 * asked themselves, about a made-up history that is long enough for them, so this never says anything else than what
 * retention does; only the size limit is worked out by division. Null for rules that keep everything.
 */
export function steadyState(rules: RetentionRules, everyMs: number, bytes: number): number | null {
  const { maxTotalBytes, minimum } = rules
  const counted = keptByCount(rules, everyMs)
  if (maxTotalBytes === undefined) return counted
  const fitting = Math.max(1, minimum, bytes > 0 ? Math.floor(maxTotalBytes / bytes) : Number.POSITIVE_INFINITY)
  return counted === null ? (Number.isFinite(fitting) ? fitting : null) : Math.min(counted, fitting)
}

// Thousands of sources share a few policies and rhythms, and pretending takes tens of milliseconds.
const known = new Map<string, number>()

function keptByCount(rules: RetentionRules, everyMs: number): number | null {
  if (rules.keepDays === undefined && rules.keepLast === undefined && rules.gfs === undefined) return null
  const asked: RetentionRules = { ...rules, maxTotalBytes: undefined }
  const key = `${everyMs} ${JSON.stringify(asked)}`
  let kept = known.get(key)
  if (kept === undefined) {
    const now = new Date(Date.UTC(2026, 5, 17, 12))
    kept = planRetention(pretended(asked, everyMs, now), asked, now).filter(({ keep }) => keep).length
    if (known.size >= 1_000) known.clear()
    known.set(key, kept)
  }
  return kept
}

/** Backups as they would be there had none ever been deleted, as far back as the rules can reach. */
function pretended({ keepDays, keepLast, gfs }: RetentionRules, everyMs: number, now: Date): RetainedBackup[] {
  const backups: RetainedBackup[] = []
  let ageMs = 0
  const pretend = (untilMs: number, stepMs: number, most: number) => {
    for (; ageMs <= untilMs + stepMs && backups.length < most; ageMs += stepMs) {
      const startedAt = new Date(now.getTime() - ageMs)
      backups.push({ id: String(backups.length), startedAt, good: true, pinned: false, storedBytes: 1 })
    }
  }
  const fineMs = Math.max((keepDays ?? 0) * dayMs, (keepLast ?? 0) * everyMs, (gfs?.hourly ?? 0) * 3_600_000)
  pretend(fineMs, everyMs, mostPretended)
  // What is kept once for a day, and once for a year, is found by one backup in that time.
  if (gfs)
    pretend(Math.max(gfs.daily, gfs.weekly * 7, gfs.monthly * 31) * dayMs, Math.max(everyMs, dayMs), 2 * mostPretended)
  if (gfs) pretend(gfs.yearly * 366 * dayMs, Math.max(everyMs, 60 * dayMs), 3 * mostPretended)
  return backups
}
