import { describe, expect, it } from 'vitest'
import { catalogWords, headlineOf, type HeadlineSource } from '@/lib/core/health/headline'
import { isProvenToTheEnd, proofWords, type NewerRuns } from '@/lib/core/health/proof'

const none: NewerRuns = { untested: 0, broken: 0, failed: 0, missed: 0 }
const at = '2026-11-21T21:44:00.000Z'
const clock = (time: Date) => time.toISOString().slice(11, 16)

describe('how far a source is proven, in words', () => {
  it.each<[string, string | null, Partial<NewerRuns>, string]>([
    ['nothing was ever taken', null, {}, 'No backup yet'],
    ['the newest backup is the proven one', at, {}, 'Proven up to 21:44'],
    ['a newer one is not tested', at, { untested: 1 }, 'Proven up to 21:44; 1 newer backup not tested'],
    ['newer ones are not tested', at, { untested: 3 }, 'Proven up to 21:44; 3 newer backups not tested'],
    ['a newer run failed', at, { failed: 1 }, 'Proven up to 21:44; 1 newer run failed'],
    ['newer runs were missed', at, { missed: 2 }, 'Proven up to 21:44; 2 newer runs missed'],
    ['a newer backup is broken', at, { broken: 1 }, 'Proven up to 21:44; 1 newer backup broken'],
    [
      'everything happened since, worst first',
      at,
      { untested: 2, broken: 1, failed: 1, missed: 1 },
      'Proven up to 21:44; 1 newer backup broken, 1 newer run failed, 1 newer run missed, 2 newer backups not tested',
    ],
    ['nothing is proven', null, { untested: 1 }, 'Nothing proven; 1 backup not tested'],
    [
      'nothing is proven and a run failed',
      null,
      { untested: 1, failed: 1 },
      'Nothing proven; 1 run failed, 1 backup not tested',
    ],
    ['every run failed', null, { failed: 2 }, 'No good backup; 2 runs failed'],
    ['every run was missed', null, { missed: 1 }, 'No good backup; 1 run missed'],
    ['the only backup is broken', null, { broken: 1 }, 'No good backup; 1 backup broken'],
    ['more came than are counted', at, { untested: 100 }, 'Proven up to 21:44; at least 100 newer backups not tested'],
  ])('says so when %s', (_, provenUpTo, newer, words) => {
    const facts = { provenUpTo, newer: { ...none, ...newer }, except: [] }
    expect(proofWords(facts, clock)).toBe(words)
    expect(isProvenToTheEnd(facts)).toBe(words === 'Proven up to 21:44')
  })

  it('names what the proven backup lacks, and is not green then', () => {
    const facts = (...except: string[]) => ({ provenUpTo: at, newer: { ...none, untested: 1 }, except })
    expect(proofWords(facts('subscription audit'), clock)).toBe(
      'Proven up to 21:44 except subscription audit; 1 newer backup not tested',
    )
    expect(proofWords(facts('a', 'b', 'c'), clock)).toBe(
      'Proven up to 21:44 except a and 2 more; 1 newer backup not tested',
    )
    expect(isProvenToTheEnd({ provenUpTo: at, newer: none, except: ['passwords of roles'] })).toBe(false)
  })
})

/** Newest run x older proof, as the facts that the headline is made of. */
const newest = {
  proven: { codes: [], proof: { provenUpTo: at, newer: none, except: [] } },
  untested: { codes: [], proof: { provenUpTo: at, newer: { ...none, untested: 1 }, except: [] } },
  failed: {
    codes: ['last-run-not-good'],
    health: 'degraded',
    proof: { provenUpTo: at, newer: { ...none, failed: 1 }, except: [] },
  },
  missed: {
    codes: ['last-run-not-good'],
    health: 'degraded',
    proof: { provenUpTo: at, newer: { ...none, missed: 1 }, except: [] },
  },
  partial: {
    codes: ['copy-missing'],
    health: 'degraded',
    proof: { provenUpTo: at, newer: { ...none, untested: 1 }, except: [] },
  },
  broken: {
    ...{ codes: ['latest-broken'], health: 'unhealthy', isProven: false },
    proof: { provenUpTo: at, newer: { ...none, broken: 1 }, except: [] },
  },
  overdue: {
    codes: ['proof-too-old'],
    health: 'degraded',
    isProven: false,
    proof: { provenUpTo: at, newer: none, except: [] },
  },
  exposed: {
    codes: ['exposure-over-objective'],
    health: 'unhealthy',
    proof: { provenUpTo: at, newer: none, except: [] },
  },
  unproven: {
    ...{ codes: ['never-proven'], health: 'unknown', isProven: false },
    proof: { provenUpTo: null, newer: { ...none, untested: 1 }, except: [] },
  },
  nothing: {
    ...{ codes: ['no-backup-yet'], health: 'unhealthy', isProtected: false, isProven: false },
    proof: { provenUpTo: null, newer: none, except: [] },
  },
} satisfies Record<string, Partial<HeadlineSource>>

const worst = { healthy: 0, unknown: 1, degraded: 2, unhealthy: 3 }
const source = (name: string, what: keyof typeof newest, isCatalog = false): HeadlineSource => ({
  ...{ name, isCatalog, health: 'healthy', isProtected: true, isProven: true },
  ...newest[what],
})
const headline = (sources: HeadlineSource[], workerAlive = true) => {
  const levels = sources.map(({ health }) => health).sort((a, b) => worst[b] - worst[a])
  const own = sources.filter((each) => !each.isCatalog)
  const health = levels[0] ?? 'unknown'
  return headlineOf({ sources, health: own.length === 0 && health === 'healthy' ? 'unknown' : health, workerAlive })
}

describe('the headline', () => {
  it.each<[keyof typeof newest, string, string]>([
    ['proven', 'Your source is proven restorable', 'proven'],
    ['untested', 'Your source is proven restorable; 1 newer backup not tested', 'info'],
    ['failed', 'Your source has a last backup that did not succeed; an older backup is proven restorable', 'warn'],
    ['missed', 'Your source has a last backup that did not succeed; an older backup is proven restorable', 'warn'],
    ['partial', 'Your source has a newest backup that misses a copy; an older backup is proven restorable', 'warn'],
    ['broken', 'Your source has a broken newest backup', 'bad'],
    ['overdue', 'The proof of your source is too old', 'warn'],
    ['exposed', 'Your source could lose more than the objective allows; an older backup is proven restorable', 'bad'],
    ['unproven', 'Your source is backed up, but not proven restorable yet', 'info'],
    ['nothing', 'Your source has no good backup', 'bad'],
  ])('of one database whose newest run is %s', (what, text, tone) => {
    expect(headline([source('shop', what)])).toEqual({ text, tone })
  })

  it.each<[keyof typeof newest, string, string]>([
    ['proven', 'All 2 sources are proven restorable', 'proven'],
    ['untested', 'All 2 sources are proven restorable; 1 newer backup not tested', 'info'],
    ['failed', 'shop has a last backup that did not succeed; all 2 sources are proven restorable', 'warn'],
    ['missed', 'shop has a last backup that did not succeed; all 2 sources are proven restorable', 'warn'],
    ['partial', 'shop has a newest backup that misses a copy; all 2 sources are proven restorable', 'warn'],
    ['broken', 'shop has a broken newest backup; 1 of 2 sources is proven restorable', 'bad'],
    ['overdue', '1 of 2 sources is proven restorable', 'warn'],
    ['exposed', 'shop could lose more than the objective allows; all 2 sources are proven restorable', 'bad'],
    ['unproven', '1 of 2 sources is proven restorable', 'info'],
    ['nothing', 'shop has no good backup', 'bad'],
  ])('of two databases, one proven, the other’s newest run %s', (what, text, tone) => {
    expect(headline([source('crm', 'proven'), source('shop', what)])).toEqual({ text, tone })
  })

  it('counts those that are hit, where there are several', () => {
    expect(headline([source('crm', 'proven'), source('shop', 'broken'), source('wiki', 'broken')])).toEqual({
      text: '2 of 3 sources have a broken newest backup; 1 of 3 sources is proven restorable',
      tone: 'bad',
    })
  })

  it('says whether what needs attention is yours or something else', () => {
    const late: HeadlineSource = { ...source('shop', 'proven'), health: 'degraded' }
    expect(headline([late])).toEqual({
      text: 'Your source is proven restorable, but something needs attention',
      tone: 'warn',
    })
    expect(headline([source('shop', 'proven'), { ...late, isCatalog: true }])).toEqual({
      text: 'Your source is proven restorable, but something else needs attention',
      tone: 'warn',
    })
  })

  it.each([
    ['unhealthy', 'warn'],
    ['degraded', 'warn'],
    ['unknown', 'neutral'],
    ['healthy', 'neutral'],
  ] as const)('of nothing of yours is as grave as the rest: %s', (health, tone) => {
    expect(headlineOf({ sources: [], health, workerAlive: true })).toEqual({
      text: 'Nothing of yours is protected yet',
      tone,
    })
  })

  it('says what the proof does not cover, and is not green then', () => {
    const lacking = (name: string): HeadlineSource => ({
      ...source(name, 'proven'),
      proof: { provenUpTo: at, newer: none, except: ['subscription audit', 'passwords of roles'] },
    })
    expect(headline([lacking('shop')])).toEqual({
      text: 'Your source is proven restorable except subscription audit and 1 more',
      tone: 'info',
    })
    expect(headline([source('crm', 'proven'), lacking('shop')])).toEqual({
      text: 'All 2 sources are proven restorable, 1 of them with exceptions',
      tone: 'info',
    })
    expect(catalogWords({ ...lacking('catalog'), isCatalog: true })).toBe(
      'Holdfast’s own catalog: proven except subscription audit and 1 more',
    )
  })

  it('never leads with what is proven while something is worse, and is green for nothing but proof to the end', () => {
    const kinds = Object.keys(newest) as (keyof typeof newest)[]
    for (const one of kinds) {
      for (const other of kinds) {
        for (const catalog of kinds) {
          const sources = [source('crm', one), source('shop', other), source('catalog', catalog, true)]
          const { text, tone } = headline(sources)
          const all = [one, other].every((what) => what === 'proven')
          if (tone === 'proven') expect([one, other, catalog]).toEqual(['proven', 'proven', catalog])
          if (tone === 'proven') expect(sources[2]?.health).toBe('healthy')
          if (text === 'All 2 sources are proven restorable') expect(all).toBe(true)
          expect(text).not.toMatch(/3 sources/)
        }
      }
    }
  })

  it('never calls the catalog a database of yours', () => {
    for (const what of Object.keys(newest) as (keyof typeof newest)[]) {
      const { text, tone } = headline([source('Holdfast catalog', what, true)])
      expect(text).toBe('Nothing of yours is protected yet')
      expect(['neutral', 'warn']).toContain(tone)
    }
    expect(headline([])).toMatchObject({ text: 'Nothing of yours is protected yet' })
    expect(headline([source('shop', 'proven'), source('Holdfast catalog', 'nothing', true)])).toEqual({
      text: 'Your source is proven restorable, but something else needs attention',
      tone: 'bad',
    })
  })

  it('says first that nobody works', () => {
    expect(headline([source('shop', 'proven')], false)).toEqual({
      text: 'No worker is running: nothing is being backed up',
      tone: 'bad',
    })
  })

  it.each<[keyof typeof newest, string]>([
    ['proven', 'proven'],
    ['untested', 'proven, 1 newer backup not tested'],
    ['failed', 'the last backup did not succeed'],
    ['broken', 'the newest backup is broken'],
    ['overdue', 'its proof is too old'],
    ['partial', 'proven, needs attention'],
    ['unproven', 'backed up, not proven yet'],
    ['nothing', 'no backup yet'],
  ])('reports on the catalog apart: %s', (what, words) => {
    expect(catalogWords(source('Holdfast catalog', what, true))).toBe(`Holdfast’s own catalog: ${words}`)
  })
})
