import { describe, expect, it } from 'vitest'
import { planParts, type SizedTable } from '@/lib/engines/postgres/logical/dump/plan-parts'

const table = (name: string, megabytes: number): SizedTable => ({ schema: 'public', name, bytes: megabytes * 1e6 })
const names = (tables: SizedTable[]) => tables.map(({ name }) => name)

describe('dividing a database into streams', () => {
  it('leaves a database in one archive when there is one stream, or no table worth one', () => {
    expect(planParts([table('a', 900)], 1_000e6, 1)).toEqual({ data: [], archiveBytes: 1_000e6 })
    const many = Array.from({ length: 1_000 }, (_, index) => table(`t${index}`, 1))
    expect(planParts(many, 1_000e6, 4)).toEqual({ data: [], archiveBytes: 1_000e6 })
  })

  it('names large tables only, and leaves all the rest to the archive', () => {
    const plan = planParts([table('small', 1), table('large', 600), table('medium', 300)], 1_000e6, 2)
    expect(plan.data.map((part) => names(part.tables))).toEqual([['large']])
    expect(plan.archiveBytes).toBe(400e6)
  })

  it('balances the streams: none is larger than half of all beyond its largest table', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const sizes = Array.from({ length: 1 + (seed % 40) }, (_, index) => 10 + ((seed * 7919 + index * 104_729) % 500))
      const tables = sizes.map((size, index) => table(`t${index}`, size))
      const total = tables.reduce((sum, { bytes }) => sum + bytes, 0)
      const streams = 2 + (seed % 5)
      const plan = planParts(tables, total, streams)
      const loads = [plan.archiveBytes, ...plan.data.map((part) => part.bytes)]
      expect(loads.reduce((sum, load) => sum + load, 0)).toBeCloseTo(total, 3)
      const largest = Math.max(...tables.map(({ bytes }) => bytes))
      expect(Math.max(...loads)).toBeLessThanOrEqual(total / streams + largest)
      const named = plan.data.flatMap((part) => names(part.tables))
      expect(new Set(named).size).toBe(named.length)
    }
  })

  it('survives estimates that add up to more than the database', () => {
    const plan = planParts([table('a', 900), table('b', 800)], 1_000e6, 3)
    expect(plan.archiveBytes).toBe(0)
    expect(plan.data).toHaveLength(2)
  })
})
