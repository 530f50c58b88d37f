import type { RetentionRules } from '../../contracts/retention'

/**
 * How old a backup may become that rules keep, when backups are taken as often as the rules count; null when only
 * their number or size is limited. For what must stay well behind retention, such as a store's own expiry.
 */
export function horizonDays(policies: readonly RetentionRules[]): number | null {
  const horizons = policies.map(({ keepDays, gfs }) => {
    if (keepDays === undefined && !gfs) return null
    const { hourly, daily, weekly, monthly, yearly } = gfs ?? { hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }
    return Math.max(keepDays ?? 0, hourly / 24, daily, weekly * 7, monthly * 31, yearly * 366)
  })
  if (horizons.length === 0 || horizons.includes(null)) return null
  return Math.ceil(Math.max(...horizons.map((days) => days ?? 0)))
}
