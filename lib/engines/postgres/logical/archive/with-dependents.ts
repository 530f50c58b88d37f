import type { TocEntry } from './archive-format'

/** Entries with all that hangs on them. */
export function withDependents(entries: readonly TocEntry[], roots: readonly TocEntry[]): Set<number> {
  const found = new Set(roots.map(({ dumpId }) => dumpId))
  const servers = new Map(entries.filter(({ type }) => type === 'SERVER').map(({ name, dumpId }) => [name, dumpId]))
  for (let before = -1; before < found.size;) {
    before = found.size
    for (const entry of entries) if (hangsOn(entry, found, servers)) found.add(entry.dumpId)
  }
  return found
}

/** pg_dump does not write down that a user mapping is about its server; its name says so. */
function hangsOn(entry: TocEntry, found: ReadonlySet<number>, servers: ReadonlyMap<string, number>): boolean {
  if (entry.dependencies.some((id) => found.has(id))) return true
  if (entry.type !== 'USER MAPPING') return false
  return [...servers].some(([server, id]) => found.has(id) && entry.name.endsWith(` SERVER ${server}`))
}
