import { describe, expect, it } from 'vitest'
import { baselines, findAnomalies } from '@/lib/core/insight/find-anomalies'
import type { JudgedBackup } from '@/lib/core/insight/judged-backup'
import { containers, items } from '../../helpers/measures'
import { makeRandom } from '../../helpers/random'

const mib = 1024 ** 2
const tableNames = Array.from({ length: 40 }, (_, index) => `public.t${index}`)
const usual: JudgedBackup = {
  id: 'usual',
  sourceBytes: 1_000 * mib,
  storedBytes: 200 * mib,
  durationMs: 300_000,
  measures: [items('rows', 5_000_000), containers('tables', 40)],
  containers: { measure: 'tables', names: tableNames },
  encoding: 'zstd+age',
}
const rows = (count: number) => ({ measures: [items('rows', count), containers('tables', 40)] })
const tables = (names: string[]) => ({ containers: { measure: 'tables', names } })
/** Twenty backups that differ by a few percent, as real ones do. */
const history = Array.from({ length: 20 }, (_, index) => {
  const wobble = 1 + ((index * 7) % 5) / 100
  return {
    ...usual,
    id: String(index),
    sourceBytes: usual.sourceBytes * wobble,
    storedBytes: usual.storedBytes * wobble,
    durationMs: 300_000 * wobble,
  }
})
const found = (latest: Partial<JudgedBackup>, before: JudgedBackup[] = history) =>
  findAnomalies(before, { ...usual, ...latest }).map(({ measure, severity }) => `${measure} ${severity}`)

describe('findAnomalies', () => {
  it.each<[string, Partial<JudgedBackup>, string[]]>([
    ['a backup like the others', {}, []],
    ['a tenth more', { sourceBytes: 1_100 * mib, storedBytes: 220 * mib }, []],
    [
      'a third more',
      { sourceBytes: 1_350 * mib, storedBytes: 270 * mib },
      ['source-bytes warning', 'stored-bytes warning'],
    ],
    [
      'three times as much (security 25)',
      { sourceBytes: 3_000 * mib, storedBytes: 600 * mib },
      ['source-bytes critical', 'stored-bytes critical'],
    ],
    [
      'half of it gone',
      { sourceBytes: 490 * mib, storedBytes: 98 * mib },
      ['source-bytes critical', 'stored-bytes critical'],
    ],
    ['most rows gone', rows(900_000), ['rows critical']],
    ['a third of the rows gone', rows(3_300_000), ['rows warning']],
    ['twice the time', { durationMs: 700_000 }, ['duration warning']],
    ['half the time', { durationMs: 100_000 }, []],
    [
      'data that stopped compressing (security 25)',
      { storedBytes: 980 * mib },
      ['stored-bytes critical', 'compression critical'],
    ],
  ])('reports %s', (_, latest, expected) => {
    expect(found(latest)).toEqual(expected)
  })

  it('says both values in a sentence', () => {
    const [anomaly] = findAnomalies(history, { ...usual, ...rows(900_000) })
    expect(anomaly?.message).toBe('There are about 900,000 rows, 82 % less than the usual 5,000,000.')
    const [, compression] = findAnomalies(history, { ...usual, storedBytes: 980 * mib })
    expect(compression?.message).toMatch(/stored at 98 % of its size; 20 % is usual.*encrypted by someone else/)
  })

  it('names the tables that vanished, and does not mind new ones', () => {
    const [anomaly] = findAnomalies(history, { ...usual, ...tables([...tableNames.slice(2), 'public.new']) })
    expect(anomaly).toMatchObject({ measure: 'tables', severity: 'warning', usual: 40, actual: 38 })
    expect(anomaly?.message).toBe('2 of 40 tables are gone: public.t0, public.t1.')
    expect(found(tables(tableNames.slice(20)))).toEqual(['tables critical'])
  })

  it('goes by the number of tables where names were not recorded', () => {
    const unnamed = history.map((backup) => ({ ...backup, containers: null }))
    const counted = (count: number) => ({ containers: null, measures: [containers('tables', count)] })
    expect(found(counted(39), unnamed)).toEqual([])
    expect(found(counted(36), unnamed)).toEqual(['tables warning'])
    expect(found(counted(20), unnamed)).toEqual(['tables critical'])
    expect(found(counted(20))).toEqual(['tables critical'])
    const empty = history.map((backup) => ({ ...backup, ...counted(0) }))
    expect(found(counted(0), empty)).toEqual([])
  })

  it('compares stored sizes only with backups that were stored the same way', () => {
    expect(found({ encoding: 'gzip+age', storedBytes: 600 * mib })).toEqual([])
  })

  it('says nothing before five backups are known', () => {
    expect(found({ sourceBytes: 9_000 * mib, storedBytes: 1_800 * mib }, history.slice(0, 4))).toEqual([])
    expect(baselines(history.slice(0, 4), usual)).toEqual([])
    expect(baselines(history, usual).map(({ measure }) => measure)).toEqual([
      'source-bytes',
      'stored-bytes',
      'rows',
      'compression',
      'duration',
    ])
  })

  it('is not blinded by an odd backup among those it compares with', () => {
    const odd = history.map((backup, index) => (index % 5 === 0 ? { ...backup, sourceBytes: 1 } : backup))
    expect(found({ sourceBytes: 3_000 * mib }, odd)).toEqual(['source-bytes critical', 'compression warning'])
  })

  it('stays quiet about small databases that change by little', () => {
    const small = history.map((backup) => ({ ...backup, sourceBytes: 40_000, storedBytes: 9_000, ...rows(200) }))
    expect(found({ sourceBytes: 200_000, storedBytes: 40_000, ...rows(900) }, small)).toEqual([])
  })

  it('stays quiet about steady growth of up to five percent a day, and about noise', () => {
    const { below } = makeRandom(11)
    for (const rate of [0, 0.01, 0.03, 0.05]) {
      let told = 0
      const backups: JudgedBackup[] = []
      for (let day = 0; day < 120; day += 1) {
        const bytes = 1_000 * mib * (1 + rate) ** day * (1 + (below(1e6) / 1e6 - 0.5) * 0.06)
        const latest = { ...usual, id: String(day), sourceBytes: bytes, storedBytes: bytes / 5 }
        told += findAnomalies(backups, latest).length
        backups.unshift(latest)
      }
      expect(told, `${rate * 100} % a day`).toBe(0)
    }
  })
})
