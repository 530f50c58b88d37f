import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'

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
      // An index that calls a function may read other tables, whatever the function says of itself.
      return (
        needed.some((other) => other.type === 'TABLE') &&
        needed.every(
          (other) =>
            other.type === 'SCHEMA' || (other.type === 'TABLE' && filled(other) && !partitioned.has(other.dumpId)),
        )
      )
    })
    .map((entry) => entry.dumpId)
}
