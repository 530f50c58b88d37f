/** How a job that failed for a passing reason is tried again. */
export interface RetryRules {
  firstDelaySeconds: number
  /** Each further delay is this many times the one before. */
  factor: number
}

/** No wait grows beyond this. */
const longestSeconds = 6 * 3_600

/**
 * Milliseconds until the attempt after `attempt` (1 is the first). `random` (0 to 1) adds up to a fifth, so that jobs
 * which failed together do not come back together.
 */
export function retryDelayMs(rules: RetryRules, attempt: number, random: number): number {
  const seconds = rules.firstDelaySeconds * rules.factor ** Math.max(0, attempt - 1)
  return Math.round(Math.min(seconds, longestSeconds) * 1_000 * (1 + 0.2 * random))
}
