import type { RetentionRules } from '../../contracts/retention'
import { planRetention, type RetentionDecision } from './plan-retention'
import type { RetainedBackup } from './retained-backup'

/**
 * Several policies over the same backups, such as those of an hourly and of a daily schedule: what one of them keeps is
 * kept. No rules at all keep everything. Where backups are of a source that was damaged already, each policy keeps also what it would
 * keep without them: the last whole ones stay until there are newer whole ones.
 */
export function planByAll(
  backups: readonly RetainedBackup[],
  policies: readonly RetentionRules[],
  now: Date,
): RetentionDecision[] {
  if (policies.length === 0) return backups.map(({ id }) => ({ id, keep: true, reasons: ['no policy limits it'] }))
  const whole = backups.map((one) => ({ ...one, good: one.good && one.damagedAtSource !== true }))
  const views = backups.some((one) => one.damagedAtSource) ? [backups, whole] : [backups]
  const plans = policies.flatMap((rules) =>
    views.map((view) => new Map(planRetention(view, rules, now).map((one) => [one.id, one]))),
  )
  return backups.map(({ id }) => {
    const decisions = plans.flatMap((plan) => plan.get(id) ?? [])
    const keep = decisions.some((decision) => decision.keep)
    const told = decisions.filter((decision) => decision.keep === keep).flatMap((decision) => decision.reasons)
    return { id, keep, reasons: [...new Set(told)] }
  })
}
