import { gfsSchema, type RetentionRules } from '../../contracts/retention'

/** Whether the second rules may delete what the first keep: some rule keeps less than before, or fell away. */
export function isShorterPolicy(before: RetentionRules, after: RetentionRules): boolean {
  const hadRule = before.keepDays !== undefined || before.keepLast !== undefined || before.gfs !== undefined
  const hasRule = after.keepDays !== undefined || after.keepLast !== undefined || after.gfs !== undefined
  // With a size limit alone everything below it stays; any rule beside it keeps less.
  if (hadRule !== hasRule && !hadRule) return true
  if (hasRule && less(before.keepDays, after.keepDays)) return true
  if (hasRule && less(before.keepLast, after.keepLast)) return true
  if (before.minimum > after.minimum) return true
  if ((after.maxTotalBytes ?? Infinity) < (before.maxTotalBytes ?? Infinity)) return true
  if (!hasRule || !before.gfs) return false
  const none = { hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }
  const [had, has] = [before.gfs, after.gfs ?? none]
  const moved = before.timeZone !== after.timeZone
  return moved || gfsSchema.keyof().options.some((level) => has[level] < had[level])
}

const less = (before: number | undefined, after: number | undefined): boolean => (before ?? 0) > (after ?? 0)
