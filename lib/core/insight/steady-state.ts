import type { RetentionRules } from '../../contracts/retention'
import { planRetention, type RetainedBackup } from '../retention/plan-retention'

const dayMs = 86_400_000
const mostPretended = 6_000

/**
 * How many backups of a source rules keep in the long run, when one of `bytes` is taken every `everyMs`. The rules are
 * asked themselves, about a made-up history that is long enough for them: so this can never say anything else than
 * what retention does. Null for rules that keep everything.
 */
export function steadyState(rules: RetentionRules, everyMs: number, bytes: number): number | null {
  const { keepDays, keepLast, gfs, maxTotalBytes } = rules
  if (keepDays === undefined && keepLast === undefined && gfs === undefined && maxTotalBytes === undefined) return null
  const now = new Date(Date.UTC(2026, 5, 17, 12))
  const fine = Math.max((keepDays ?? 0) * dayMs, (keepLast ?? 0) * everyMs, (gfs?.hourly ?? 0) * 3_600_000, 3 * dayMs)
  const calendarDays = gfs ? Math.max(gfs.daily, gfs.weekly * 7, gfs.monthly * 31) : 0
  const capped = maxTotalBytes === undefined || bytes <= 0 ? 0 : Math.ceil(maxTotalBytes / bytes) * everyMs
  const backups: RetainedBackup[] = []
  const pretend = (ageMs: number) =>
    backups.push({
      id: String(backups.length),
      startedAt: new Date(now.getTime() - ageMs),
      good: true,
      pinned: false,
      storedBytes: bytes,
    })
  let ageMs = 0
  for (; ageMs <= Math.max(fine, capped) + everyMs && backups.length < mostPretended; ageMs += everyMs) pretend(ageMs)
  // What is kept once for a day or longer needs no more than one a day to be found.
  const step = Math.max(everyMs, dayMs)
  for (; ageMs <= calendarDays * dayMs + step && backups.length < 2 * mostPretended; ageMs += step) pretend(ageMs)
  const yearStep = Math.max(everyMs, 60 * dayMs)
  for (; ageMs <= (gfs?.yearly ?? 0) * 366 * dayMs + yearStep; ageMs += yearStep) pretend(ageMs)
  return planRetention(backups, rules, now).filter(({ keep }) => keep).length
}
