import type { CommonOptions } from '@/lib/contracts/engines/common'

/** How many copies are asked for, as typed. Empty: nothing is asked. */
export interface CopyRuleValues {
  ruleCopies: string
  ruleOtherSites: string
}

export const emptyCopyRule: CopyRuleValues = { ruleCopies: '', ruleOtherSites: '' }

export function copyRuleValuesOf({ copyRule }: Pick<CommonOptions, 'copyRule'>): CopyRuleValues {
  if (!copyRule) return emptyCopyRule
  return { ruleCopies: String(copyRule.copies), ruleOtherSites: String(copyRule.otherSites) }
}

export function copyRuleInputOf({ ruleCopies, ruleOtherSites }: CopyRuleValues) {
  if (ruleCopies.trim() === '') return undefined
  return { copies: Number(ruleCopies), otherSites: Number(ruleOtherSites.trim() || 0) }
}
