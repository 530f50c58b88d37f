import type { Check, CheckVerdict } from '../../contracts/backup'

/** Fail-closed: one failure fails all; without a failure every check must have passed, and there must be one. */
export function overallVerdict(checks: Check[]): CheckVerdict {
  if (checks.some((check) => check.verdict === 'failed')) return 'failed'
  return checks.length > 0 && checks.every((check) => check.verdict === 'passed') ? 'passed' : 'inconclusive'
}
