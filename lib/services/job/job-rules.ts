import { z } from 'zod'
import { isTimeZone } from '@/lib/core/schedule/is-time-zone'
import { retryRulesSchema, workWindowSchema } from '@/lib/contracts/schedule'

/** When a job begins and how it is tried again; kept in its input, since the schedule may change meanwhile. */
export const jobRulesSchema = z.object({
  /** Begins only inside it. */
  window: workWindowSchema.nullable().default(null),
  timeZone: z.string().refine(isTimeZone).default('UTC'),
  retries: retryRulesSchema.nullable().default(null),
})
export type JobRules = z.infer<typeof jobRulesSchema>

const inputSchema = z.object({ rules: jobRulesSchema.prefault({}) })

/**
 * The rules of a job; those of one that was started by hand say nothing, and so do those that cannot be read any more: a job
 * that begins outside its window is better than one that never begins.
 */
export function jobRules(input: unknown): JobRules {
  const parsed = inputSchema.safeParse(input)
  return parsed.success ? parsed.data.rules : jobRulesSchema.parse({})
}
