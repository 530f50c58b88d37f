import { z } from 'zod'
import { timeSchema } from '@/lib/contracts/common'
import { retentionRulesSchema } from '@/lib/contracts/retention'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { EffectiveRules } from './effective-rules'

/** The key under which the rules of what has no copy, and of destinations without rules of their own, are noted. */
const ofSource = 'source'

const stateSchema = z.object({
  /** The rules that were applied last, by destination; what differs from them now waits for the grace time. */
  applied: z.record(z.string(), z.string()).default({}),
  /** After an acknowledged drop: only backups from here on say what is usual. */
  baselineFrom: timeSchema.optional(),
})
export type RetentionState = z.infer<typeof stateSchema>

/** What a source's retention remembers; empty before its first run. */
export function readRetentionState(stored: unknown): RetentionState {
  return parseOrNull(stateSchema, stored) ?? { applied: {} }
}

/** The rules now, in a form that can be compared. */
export function appliedRules(rules: EffectiveRules): Record<string, string> {
  const text = (policies: EffectiveRules['ofSource']) =>
    JSON.stringify(policies.map((policy) => JSON.stringify(retentionRulesSchema.parse(policy.rules))).sort())
  return {
    [ofSource]: text(rules.ofSource),
    ...Object.fromEntries([...rules.ofDestination].map(([id, policies]) => [id, text(policies)])),
  }
}

/** Whether a destination's copies are decided on by other rules than last time. */
export function rulesChanged(
  before: RetentionState['applied'],
  now: RetentionState['applied'],
  destinationId: string,
): boolean {
  return (before[destinationId] ?? before[ofSource]) !== (now[destinationId] ?? now[ofSource])
}
