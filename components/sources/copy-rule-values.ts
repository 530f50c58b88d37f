import type { SourceOptions } from '@/lib/contracts/source'

/** How many copies are asked for, as typed. Empty: nothing is asked. */
export interface CopyRuleValues {
  ruleCopies: string
  ruleOtherSites: string
}

export const emptyCopyRule: CopyRuleValues = { ruleCopies: '', ruleOtherSites: '' }

export function copyRuleValuesOf({ copyRule }: Pick<SourceOptions, 'copyRule'>): CopyRuleValues {
  if (!copyRule) return emptyCopyRule
  return { ruleCopies: String(copyRule.copies), ruleOtherSites: String(copyRule.otherSites) }
}

export function copyRuleInputOf({ ruleCopies, ruleOtherSites }: CopyRuleValues) {
  if (ruleCopies.trim() === '') return undefined
  return { copies: Number(ruleCopies), otherSites: Number(ruleOtherSites.trim() || 0) }
}
