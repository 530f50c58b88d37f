import type { NewProblem } from '@/lib/contracts/common'
import type { Me } from '@/lib/contracts/people/people'
import { api } from './api'
import { askStepUp } from './step-up'

/** A link is followed in this time. */
const marginMs = 10_000

/**
 * For plain links that are not API calls, such as a download: asks the person to show again who they are, unless
 * they did a moment ago. False when they would not.
 */
export async function ensureStepUp(): Promise<boolean> {
  const { access } = await api<Me>('/me')
  if (access === null || access.stepUpLeftMs > marginMs) return true
  return askStepUp({
    type: 'about:blank',
    title: 'Confirm that it is you',
    status: 403,
    code: 'step-up-needed',
    facts: { methods: access.stepUp },
  } satisfies NewProblem)
}
