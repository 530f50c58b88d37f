import type { RetentionRules } from '../../contracts/retention'
import { isShorterPolicy } from './is-shorter-policy'

/**
 * Whether sets of rules that hold together may delete what the ones before kept. No rules keep everything; of several,
 * each that was there must be kept up by one that is there.
 */
export function keepsLess(had: readonly RetentionRules[], has: readonly RetentionRules[]): boolean {
  if (has.length === 0) return false
  return had.length === 0 || had.some((before) => has.every((after) => isShorterPolicy(before, after)))
}
