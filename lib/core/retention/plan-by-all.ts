import type { RetentionRules } from '../../contracts/retention'
import { planRetention, type RetentionDecision } from './plan-retention'
import type { RetainedBackup } from './retained-backup'

/**
 * Several policies over the same backups, such as those of an hourly and of a daily schedule: what one of them keeps is
 * kept. No rules at all keep everything.
 */
export function planByAll(
  backups: readonly RetainedBackup[],
  policies: readonly RetentionRules[],
  now: Date,
): RetentionDecision[] {
  if (policies.length === 0) return backups.map(({ id }) => ({ id, keep: true, reasons: ['no policy limits it'] }))
  const plans = policies.map((rules) => new Map(planRetention(backups, rules, now).map((one) => [one.id, one])))
  return backups.map(({ id }) => {
    const decisions = plans.flatMap((plan) => plan.get(id) ?? [])
    const keep = decisions.some((decision) => decision.keep)
    const told = decisions.filter((decision) => decision.keep === keep).flatMap((decision) => decision.reasons)
    return { id, keep, reasons: [...new Set(told)] }
  })
}
