import { HoldfastError } from '@/lib/core/holdfast-error'

/** A schedule that follows a policy is changed there: two places for one setting would sooner or later disagree. */
export function ownedByPolicy(policyName: string, remedy: string): HoldfastError {
  return new HoldfastError('policy-owned', `This schedule follows the policy "${policyName}".`, { remedy })
}
