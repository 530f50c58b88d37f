import type { CopyState } from '../../contracts/backup'
import type { CopyRule } from '../../contracts/operations'

/** A copy as the rule sees it; `site` is that of its destination, null when nobody said where it stands. */
export interface PlacedCopy {
  site: string | null
  state: CopyState
}

export interface CopyCount {
  stored: number
  /** Stored copies that are left whichever one site is lost. */
  otherSites: number
}

/**
 * Counts what the rule asks for. Only `stored` copies count: one that is uploading, damaged or missing helps nobody.
 * "In another site" is meant for the day on which a site is lost, so the site with the most copies is taken as the lost
 * one, and copies whose site is not known are taken to be lost with it.
 */
export function countCopies(copies: readonly PlacedCopy[]): CopyCount {
  const stored = copies.filter((copy) => copy.state === 'stored')
  const bySite = new Map<string, number>()
  for (const { site } of stored) if (site) bySite.set(site, (bySite.get(site) ?? 0) + 1)
  const known = [...bySite.values()]
  return {
    stored: stored.length,
    otherSites: known.reduce((sum, count) => sum + count, 0) - Math.max(0, ...known),
  }
}

/** True when a backup has the copies that its source asks for. */
export function copyRuleMet(input: { copies: readonly PlacedCopy[]; rule: CopyRule }): boolean {
  const { stored, otherSites } = countCopies(input.copies)
  return stored >= input.rule.copies && otherSites >= input.rule.otherSites
}

/** What is there and what is asked, in words: "1 of 2 copies is stored, none of 1 in another site." */
export function copyRuleWords(input: { copies: readonly PlacedCopy[]; rule: CopyRule }): string {
  const { rule, copies } = input
  const { stored, otherSites } = countCopies(copies)
  const told = [`${stored || 'None'} of ${rule.copies} ${rule.copies === 1 ? 'copy' : 'copies'} is stored`]
  if (rule.otherSites > 0) told.push(`${otherSites || 'none'} of ${rule.otherSites} in another site`)
  const unplaced = copies.some((copy) => copy.state === 'stored' && !copy.site)
  const hint = unplaced && otherSites < rule.otherSites ? ' Some destinations have no site.' : ''
  return `${told.join(', ')}.${hint}`
}
