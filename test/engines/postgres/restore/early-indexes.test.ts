import { describe, expect, it } from 'vitest'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { earlyIndexes } from '@/lib/engines/postgres/logical/restore/early-indexes'

const entry = (dumpId: number, type: string, name: string, dependencies: number[] = []): TocEntry => ({
  dumpId,
  type,
  name,
  tablespace: '',
  dependencies,
  section: ['TABLE', 'TABLE ATTACH', 'FUNCTION'].includes(type) ? 'pre-data' : 'post-data',
  schema: 'public',
  hasData: false,
  owner: '',
  copyStatement: '',
  definition: '',
})

const archive = [
  entry(1, 'TABLE', 'orders'),
  entry(2, 'TABLE', 'customers'),
  entry(3, 'TABLE', 'events'),
  entry(4, 'TABLE', 'events_2026'),
  entry(5, 'TABLE ATTACH', 'events_2026', [3, 4]),
  entry(6, 'FUNCTION', 'fold(text)'),
  entry(10, 'CONSTRAINT', 'orders orders_pkey', [1]),
  entry(11, 'INDEX', 'orders_folded', [1, 6]),
  entry(12, 'CONSTRAINT', 'customers customers_pkey', [2]),
  entry(13, 'FK CONSTRAINT', 'orders orders_customer_fkey', [1, 2, 12]),
  entry(14, 'INDEX', 'events_2026_at', [4]),
  entry(15, 'INDEX', 'after_another', [1, 10]),
  entry(16, 'TRIGGER', 'orders audit', [1, 6]),
]
const filled = (names: string[]) => (table: TocEntry) => names.includes(table.name)

describe('indexes that are built while other tables are still filled', () => {
  it('are those of filled tables that need nothing else, not even a function, in the order of the archive', () => {
    expect(earlyIndexes(archive, filled(['orders']))).toEqual([10])
    expect(earlyIndexes(archive, filled(['orders', 'customers']))).toEqual([10, 12])
    expect(earlyIndexes(archive, filled([]))).toEqual([])
  })

  it('are never those of partitions, whose locks reach their table', () => {
    expect(earlyIndexes(archive, filled(['events', 'events_2026']))).toEqual([])
  })
})
