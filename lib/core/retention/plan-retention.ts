import type { RetentionRules } from '../../contracts/retention'
import { dropOverCap } from './drop-over-cap'
import { gfsReasons } from './gfs-reasons'
import type { RetainedBackup } from './retained-backup'

export interface RetentionDecision {
  id: string
  keep: boolean
  /** Why it is kept, or why it goes; never empty. */
  reasons: string[]
}

const dayMs = 86_400_000
/** A backup dated further ahead than this comes from a wrong clock. */
const futureToleranceMs = 3_600_000
/** What is not good is kept as a record of what went wrong, at least so long. */
const recordDays = 14

/**
 * Decides for every backup of one source. Only good backups count; the newest good one (of every server it was taken
 * from, and of those that need the log as of those that stand alone), pinned ones and the minimum are always kept, and so is what a kept one needs. Age is measured from the newest
 * good backup, never from the wall clock: a clock that jumps, or sixty days of failures, delete nothing. What is not
 * good goes only when an unbroken newer one exists and neither the days of the policy nor those of a record keep it.
 */
export function planRetention(
  backups: readonly RetainedBackup[],
  rules: RetentionRules,
  now: Date,
): RetentionDecision[] {
  const newestFirst = [...backups].sort(
    (a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1),
  )
  const isFuture = (backup: RetainedBackup) => backup.startedAt.getTime() > now.getTime() + futureToleranceMs
  const good = newestFirst.filter((backup) => backup.good && !isFuture(backup))
  const newest = good[0]
  const groups = Map.groupBy(good, ({ identity = null, needsLog = false }) => JSON.stringify([identity, needsLog]))
  const places = new Map<string, { rank: number; isNewest: boolean }>()
  const calendar = new Map<string, string[]>()
  for (const group of groups.values()) {
    group.forEach(({ id }, index) => places.set(id, { rank: index + 1, isNewest: index === 0 }))
    for (const [id, reasons] of gfsReasons(group, rules)) calendar.set(id, reasons)
  }
  const servers = new Set(good.map(({ identity = null }) => identity))
  const ofGroup = groups.size === 1 ? '' : servers.size > 1 ? ' of its server' : ' of its kind'

  const kept = new Map<string, string[]>()
  const protectedIds = new Set<string>()
  for (const backup of newestFirst) {
    const reasons: string[] = []
    const protect = (reason: string) => {
      reasons.push(reason)
      protectedIds.add(backup.id)
    }
    if (backup.pinned) protect('pinned')
    if (isFuture(backup)) protect('dated in the future: the clock was wrong, decide by hand')
    if (!newest) protect('no good backup exists yet')
    else {
      const place = places.get(backup.id)
      if (backup === newest) protect('the last good backup')
      else if (place?.isNewest) protect(`the last good backup of its ${groupOf(backup, newest)}`)
      reasons.push(...ageReasons(backup, newest, rules))
      if (place) {
        if (rules.keepLast !== undefined && place.rank <= rules.keepLast)
          reasons.push(`number ${place.rank} of the newest ${rules.keepLast}${ofGroup}`)
        reasons.push(...(calendar.get(backup.id) ?? []))
        if (place.rank <= rules.minimum) protect(`number ${place.rank} of the minimum ${rules.minimum}${ofGroup}`)
      }
      if (keepsAnyAge(rules)) reasons.push('no rule limits age or number')
    }
    if (reasons.length > 0) kept.set(backup.id, reasons)
  }
  // A wrong clock makes more seem kept than there is: the limit waits until the date is right again.
  const clockIsWrong = newestFirst.some(isFuture)
  const cap = clockIsWrong ? undefined : rules.maxTotalBytes
  const overCap = dropOverCap({ newestFirst, kept, protectedIds, maxTotalBytes: cap })

  return newestFirst.map((backup) => {
    const reasons = kept.get(backup.id)
    if (reasons) return { id: backup.id, keep: true, reasons }
    const why = overCap.has(backup.id)
      ? `over the limit of ${rules.maxTotalBytes} bytes: the oldest go first`
      : describeExpiry(backup, rules, newest)
    return { id: backup.id, keep: false, reasons: [why] }
  })
}

function groupOf({ identity }: RetainedBackup, newest: RetainedBackup): string {
  return identity && identity !== newest.identity ? `server (${identity})` : 'kind'
}

/** Only a size limits: everything below it stays. */
function keepsAnyAge(rules: RetentionRules): boolean {
  return rules.keepDays === undefined && rules.keepLast === undefined && rules.gfs === undefined
}

function ageReasons(backup: RetainedBackup, newest: RetainedBackup, rules: RetentionRules): string[] {
  const ageDays = (newest.startedAt.getTime() - backup.startedAt.getTime()) / dayMs
  if (rules.keepDays !== undefined && ageDays < rules.keepDays)
    return [`within ${rules.keepDays} days of the newest good backup`]
  if (!backup.good && ageDays < recordDays) return [`a record of the last ${recordDays} days`]
  return []
}

function describeExpiry(backup: RetainedBackup, rules: RetentionRules, newest: RetainedBackup | undefined): string {
  const ageDays = Math.floor(((newest?.startedAt.getTime() ?? 0) - backup.startedAt.getTime()) / dayMs)
  const limits = [
    rules.keepDays === undefined ? null : `${rules.keepDays} days`,
    rules.keepLast === undefined ? null : `the newest ${rules.keepLast}`,
    rules.gfs === undefined ? null : 'the newest of its calendar periods',
  ].filter((limit) => limit !== null)
  const age = `${ageDays} ${ageDays === 1 ? 'day' : 'days'} older than the newest good backup`
  return limits.length > 0 ? `${age}; the policy keeps ${limits.join(' and ')}` : age
}
