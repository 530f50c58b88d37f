import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { topLevel } from '@/lib/engines/postgres/connect/top-level'

/** What other objects are made of. */
const foundations = new Set(['INDEX', 'CONSTRAINT', 'INDEX ATTACH'])

/**
 * The entries behind the rows in the order in which they are restored: each step may run in parallel, the next begins
 * when it has ended. The order is pg_restore's own but for four things.
 *
 * Indexes and keys that need nothing else of the section come first: pg_restore does not know that a foreign key of a
 * partitioned table and the attaching of an index of one of its partitions lock each other, and side by side they end in
 * a deadlock. So do two indexes of one table of which one is its replica identity and another what it is clustered on:
 * each holds the table while it is built, and wants it for itself when it is. Materialized views are not among these
 * entries: `refresh-views.ts` fills them, one by one. Event triggers come last, also behind those: one that writes down
 * what is changed would write down the restore itself, in a table whose rows are there already.
 */
export function postDataSteps(
  entries: readonly TocEntry[],
  wanted: ReadonlySet<number> | null,
): { objects: number[][]; eventTriggers: number[] } {
  const [indexes, identities, others, eventTriggers]: [number[], number[], number[], number[]] = [[], [], [], []]
  const isFoundation = foundationsIn(entries)
  const late = new Set<number>()
  const stepOf = (entry: TocEntry): number[] => {
    if (entry.type === 'EVENT TRIGGER') return eventTriggers
    if (!isFoundation(entry)) return others
    if (!isReplicaIdentity(entry) && !entry.dependencies.some((id) => late.has(id))) return indexes
    late.add(entry.dumpId)
    return identities
  }
  let section: TocEntry['section'] = 'none'
  let step = others
  for (const entry of entries) {
    // Comments and rights have no section of their own and follow what they are about.
    if (entry.section !== 'none') {
      section = entry.section
      step = stepOf(entry)
    }
    if (section !== 'post-data' || entry.type === 'MATERIALIZED VIEW DATA') continue
    if (wanted === null || wanted.has(entry.dumpId)) step.push(entry.dumpId)
  }
  return { objects: [indexes, identities, others], eventTriggers }
}

function isReplicaIdentity({ type, definition }: TocEntry): boolean {
  return type === 'INDEX' && topLevel(definition).some((words) => words.includes('REPLICA') && words[0] === 'ALTER')
}

/** Indexes and keys that rest on nothing behind the rows but on each other. An index of a view that rests on a key does not. */
function foundationsIn(entries: readonly TocEntry[]): (entry: TocEntry) => boolean {
  const behind = new Map(entries.filter((entry) => entry.section === 'post-data').map((entry) => [entry.dumpId, entry]))
  const known = new Map<number, boolean>()
  const rests = (entry: TocEntry): boolean => {
    const found = known.get(entry.dumpId)
    if (found !== undefined) return found
    // Whatever depends on itself in a circle is left to pg_restore.
    known.set(entry.dumpId, false)
    const answer =
      foundations.has(entry.type) &&
      entry.dependencies.every((id) => {
        const needed = behind.get(id)
        return needed === undefined || rests(needed)
      })
    known.set(entry.dumpId, answer)
    return answer
  }
  return rests
}
