import { describe, expect, it } from 'vitest'
import { copyRuleMet, copyRuleWords, countCopies, type PlacedCopy } from '@/lib/core/health/copy-rule'

const copy = (site: string | null, state: PlacedCopy['state'] = 'stored'): PlacedCopy => ({ site, state })

describe('the rule of copies', () => {
  it.each<[string, PlacedCopy[], { copies: number; otherSites: number }, boolean]>([
    ['one copy where one is asked', [copy(null)], { copies: 1, otherSites: 0 }, true],
    ['one where two are asked', [copy('a')], { copies: 2, otherSites: 0 }, false],
    ['two in two sites', [copy('a'), copy('b')], { copies: 2, otherSites: 1 }, true],
    ['two in one site', [copy('a'), copy('a')], { copies: 2, otherSites: 1 }, false],
    ['one whose site nobody named', [copy('a'), copy(null)], { copies: 2, otherSites: 1 }, false],
    [
      'two that are not stored',
      [copy('a'), copy('b', 'failed'), copy('c', 'damaged')],
      { copies: 2, otherSites: 1 },
      false,
    ],
    ['one away and two at home', [copy('a'), copy('a'), copy('b')], { copies: 3, otherSites: 1 }, true],
    ['two away in one place', [copy('a'), copy('b'), copy('b')], { copies: 3, otherSites: 2 }, false],
    ['two away in two places', [copy('a'), copy('b'), copy('c')], { copies: 3, otherSites: 2 }, true],
    ['none at all', [], { copies: 1, otherSites: 0 }, false],
  ])('%s', (_, copies, rule, met) => {
    expect(copyRuleMet({ copies, rule })).toBe(met)
  })

  it('counts as another site only what is left when the fullest one is lost', () => {
    expect(countCopies([copy('a'), copy('b'), copy('b'), copy(null)])).toEqual({ stored: 4, otherSites: 1 })
  })

  it('says what is there, what is asked, and why a copy did not count', () => {
    const rule = { copies: 2, otherSites: 1 }
    expect(copyRuleWords({ copies: [copy('a', 'missing')], rule })).toBe(
      'None of 2 copies is stored, none of 1 in another site.',
    )
    expect(copyRuleWords({ copies: [copy('a'), copy(null)], rule })).toContain('Some destinations have no site')
    // What is asked for is all that is spoken of.
    expect(copyRuleWords({ copies: [copy('a')], rule: { copies: 2, otherSites: 0 } })).toBe('1 of 2 copies is stored.')
    expect(copyRuleWords({ copies: [copy('a'), copy('b'), copy(null)], rule: { copies: 4, otherSites: 1 } })).toBe(
      '3 of 4 copies is stored, 1 of 1 in another site.',
    )
    expect(copyRuleWords({ copies: [copy('a'), copy(null, 'failed')], rule })).toBe(
      '1 of 2 copies is stored, none of 1 in another site.',
    )
  })
})
