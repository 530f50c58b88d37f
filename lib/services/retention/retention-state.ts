import { z } from 'zod'
import { timeSchema } from '@/lib/contracts/common'
import { retentionRulesSchema } from '@/lib/contracts/retention'
import { keepsLess } from '@/lib/core/retention/keeps-less'
import type { EffectivePolicy, EffectiveRules } from './effective-rules'

/** The key of the source's own rules, which hold where a destination has none. */
const ofSource = 'source'
const rulesListSchema = z.array(retentionRulesSchema)

const stateSchema = z.object({
  /** The rules that were applied last, by destination. */
  applied: z.record(z.string(), rulesListSchema).default({}),
  /** After the rules of a destination became shorter: nothing is deleted there before, so that it can be undone. */
  graceUntil: z.record(z.string(), timeSchema).default({}),
  /** After an acknowledged drop: only backups from here on say what is usual. */
  baselineFrom: timeSchema.optional(),
})
export type RetentionState = z.infer<typeof stateSchema>

/** What a source's retention remembers; empty before its first run, and where it cannot be read: then all that goes waits. */
export function readRetentionState(stored: unknown): RetentionState {
  const { success, data } = stateSchema.safeParse(stored ?? {})
  return success ? data : stateSchema.parse({})
}

/** The rules of now, as the next run finds them again. */
export function appliedRules(rules: EffectiveRules): RetentionState['applied'] {
  const plain = (policies: EffectivePolicy[]) => policies.map((policy) => policy.rules)
  return {
    [ofSource]: plain(rules.ofSource),
    ...Object.fromEntries([...rules.ofDestination].map(([id, policies]) => [id, plain(policies)])),
  }
}

/**
 * Whether a destination's copies are decided on by rules that keep less than the last ones did. `deletes`: what they
 * delete now; that alone says it where no rules were ever applied.
 */
export function becameShorter(
  before: RetentionState['applied'],
  now: RetentionState['applied'],
  destinationId: string,
  deletes: boolean,
): boolean {
  const had = before[destinationId] ?? before[ofSource]
  const has = now[destinationId] ?? now[ofSource] ?? []
  if (had === undefined) return deletes
  if (JSON.stringify(had) === JSON.stringify(has)) return false
  return deletes || keepsLess(had, has)
}
