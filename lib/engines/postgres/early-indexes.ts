import type { TocEntry } from './archive/archive-format'

/**
 * Indexes and keys that can be built as soon as the rows of these tables are in place, while other tables are still being
 * filled, in the order of the archive. Partitions are left out: their indexes belong to those of their table.
 */
export function earlyIndexes(entries: readonly TocEntry[], filled: (table: TocEntry) => boolean): number[] {
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]))
  const partitioned = new Set(
    entries.filter((entry) => entry.type === 'TABLE ATTACH').flatMap((entry) => entry.dependencies),
  )
  return entries
    .filter((entry) => {
      if (entry.type !== 'INDEX' && entry.type !== 'CONSTRAINT') return false
      const needed = entry.dependencies.map((id) => byId.get(id)).filter((other) => other !== undefined)
      const tables = needed.filter((other) => other.type === 'TABLE')
      return (
        tables.length > 0 &&
        tables.every((table) => filled(table) && !partitioned.has(table.dumpId)) &&
        needed.every((other) => other.section === 'pre-data')
      )
    })
    .map((entry) => entry.dumpId)
}
