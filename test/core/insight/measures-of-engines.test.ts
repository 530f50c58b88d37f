import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measure } from '@/lib/contracts/repository/measure'
import { baselines, findAnomalies } from '@/lib/core/insight/find-anomalies'
import type { JudgedBackup } from '@/lib/core/insight/judged-backup'
import { findDrops } from '@/lib/core/retention/find-drops'
import { containers, items } from '../../helpers/measures'

const mib = 1024 ** 2
const backup = (measures: Measure[], names: string[] | null = null): JudgedBackup => ({
  id: 'backup',
  sourceBytes: 10 * mib,
  storedBytes: 2 * mib,
  durationMs: 1_000,
  measures,
  containers: names && { measure: 'folders', names },
  encoding: 'zstd+age',
})
const bytes = (name: string, value: number): Measure => ({ name, of: 'items', unit: 'bytes', value })

describe('what an engine counts', () => {
  it.each<[string, JudgedBackup, JudgedBackup, string[]]>([
    ['keys', backup([items('keys', 90_000)]), backup([items('keys', 90_500)]), []],
    [
      'keys that are gone',
      backup([items('keys', 90_000)]),
      backup([items('keys', 1)]),
      ['keys critical: There is 1 key, 100 % less than the usual 90,000.'],
    ],
    [
      'files and folders',
      backup([items('files', 8_000), containers('folders', 40)]),
      backup([items('files', 4_800), containers('folders', 35)]),
      [
        'files warning: There are 4,800 files, 40 % less than the usual 8,000.',
        'folders warning: There are 35 folders; there were 40.',
      ],
    ],
    [
      'folders by name',
      backup([containers('folders', 3)], ['/srv/a', '/srv/b', '/srv/c']),
      backup([containers('folders', 3)], ['/srv/a', '/srv/b', '/srv/d']),
      ['folders critical: 1 of 3 folders are gone: /srv/c.'],
    ],
    [
      'several of a kind, each by itself',
      backup([items('keys', 90_000), items('files', 8_000), containers('databases', 16)]),
      backup([items('files', 20_000), containers('databases', 1)]),
      [
        'files warning: There are 20,000 files, 2.5 times the usual 8,000.',
        'databases critical: There is 1 database; there were 16.',
      ],
    ],
    [
      'bytes of something',
      backup([bytes('large-objects', 4_096 * mib)]),
      backup([bytes('large-objects', 1_024 * mib)]),
      ['large-objects critical: There is 1 GiB of large objects, 75 % less than the usual 4 GiB.'],
    ],
    ['bytes where there was a count', backup([items('values', 8_000)]), backup([bytes('values', 1)]), []],
    ['what is named as nothing else is', backup([items('constructor', 1)]), backup([items('constructor', 1)]), []],
  ])('is compared: %s', (_, usual, latest, expected) => {
    const found = findAnomalies(
      Array.from({ length: 8 }, () => usual),
      latest,
    )
    expect(found.map(({ measure, severity, message }) => `${measure} ${severity}: ${message}`)).toEqual(expected)
  })
})

const names = ['rows', 'keys', 'files', 'documents', 'hash-fields'] as const
const count = fc.oneof(fc.nat(3), fc.nat(5_000_000))
const counted = fc.record({
  items: fc.option(count, { nil: undefined }),
  containers: fc.option(count, { nil: undefined }),
})
const histories = fc.record({
  latest: counted,
  before: fc.array(counted, { maxLength: 25 }),
  share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
})
type Counted = { items?: number | undefined; containers?: number | undefined }
const told = (one: Counted, [item, container]: readonly [string, string]): JudgedBackup =>
  backup([
    ...(one.items === undefined ? [] : [items(item, one.items)]),
    ...(one.containers === undefined ? [] : [containers(container, one.containers)]),
  ])
const verdicts = (latest: JudgedBackup, before: JudgedBackup[], share: number) => ({
  drops: findDrops(latest, before, share),
  anomalies: findAnomalies(before, latest).map(({ message: _, ...anomaly }) => anomaly),
  baselines: baselines(before, latest),
})

describe('whatever was counted', () => {
  it('is judged the same under any name', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...names), ({ latest, before, share }, name) => {
        const under = (words: readonly [string, string]) =>
          verdicts(
            told(latest, words),
            before.map((one) => told(one, words)),
            share,
          )
        const renamed = JSON.stringify(under([name, 'folders'])).replaceAll(`"${name}"`, '"rows"')
        expect(JSON.parse(renamed.replaceAll('"folders"', '"tables"'))).toEqual(under(['rows', 'tables']))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is judged the same in any order, and whatever else is counted beside it', () => {
    fc.assert(
      fc.property(histories, ({ latest, before, share }) => {
        const one = (counts: Counted) => told(counts, ['keys', 'databases'])
        const other = (counts: Counted) => {
          const { measures, ...rest } = one(counts)
          return { ...rest, measures: [items('expired-keys', 7), ...measures.toReversed()] }
        }
        const alone = verdicts(one(latest), before.map(one), share)
        const beside = verdicts(other(latest), before.map(other), share)
        const same = (found: { fact: string }[]) => found.toSorted((a, b) => a.fact.localeCompare(b.fact))
        expect(same(beside.drops)).toEqual(same(alone.drops))
        expect(beside.anomalies).toEqual(alone.anomalies)
        expect(beside.baselines.filter(({ measure }) => measure !== 'expired-keys')).toEqual(alone.baselines)
      }),
      { numRuns: 1_000 },
    )
  })
})
