import { longestPeriodDays } from '../repository/log-paths'

/** Room behind every limit. A kept backup may need an identity of its log that is older than itself by as much. */
const spareDays = longestPeriodDays

/**
 * After how many days a store may expire objects by itself, so far behind our own retention that it never meets a
 * backup we keep: at least what was set, twice the longest policy, and twice the age of the oldest kept backup. Null
 * when something is kept without a limit of age: then nothing may ever expire.
 */
export function safetyNetDays(input: {
  configuredDays: number
  /** The age limit of every source that stores here; null where its policy has none, or where there is no policy. */
  policyDays: (number | null)[]
  oldestKeptDays: number
}): number | null {
  const limits: number[] = []
  for (const days of input.policyDays) {
    if (days === null) return null
    limits.push(days)
  }
  return Math.max(
    input.configuredDays,
    ...limits.map((days) => 2 * days + spareDays),
    Math.ceil(2 * input.oldestKeptDays) + spareDays,
  )
}
