import type { RetentionRules } from '../../contracts/retention'
import { calendarBuckets, gfsLevels, type GfsLevel } from './calendar-buckets'

const words: Record<GfsLevel, (bucket: string) => string> = {
  hourly: (bucket) => `the hour ${bucket.slice(0, 16)}`,
  daily: (bucket) => `the day ${bucket}`,
  weekly: (bucket) => `the week from ${bucket}`,
  monthly: (bucket) => `the month ${bucket}`,
  yearly: (bucket) => `the year ${bucket}`,
}

/**
 * For each level, the newest good backup of each of the newest N periods that have one. Periods without a backup do
 * not count: a source that rests for a month loses nothing by it. Answers the reasons by id.
 */
export function gfsReasons(
  newestFirst: readonly { id: string; startedAt: Date }[],
  rules: RetentionRules,
): Map<string, string[]> {
  const reasons = new Map<string, string[]>()
  if (!rules.gfs) return reasons
  const seen = new Map<GfsLevel, Set<string>>(gfsLevels.map((level) => [level, new Set<string>()]))
  for (const backup of newestFirst) {
    const buckets = calendarBuckets(backup.startedAt, rules.timeZone)
    for (const level of gfsLevels) {
      const limit = rules.gfs[level]
      const known = seen.get(level)
      if (!known || known.size >= limit || known.has(buckets[level])) continue
      known.add(buckets[level])
      const reason = `newest of ${words[level](buckets[level])} (${level} ${known.size} of ${limit})`
      reasons.set(backup.id, [...(reasons.get(backup.id) ?? []), reason])
    }
  }
  return reasons
}
