import type { TocEntry } from './archive/archive-format'

/** What other objects are made of: all of it is there before anything else of the section begins. */
const foundations = new Set(['INDEX', 'CONSTRAINT', 'INDEX ATTACH'])

/**
 * The entries behind the rows in the order in which they are restored: each step may run in parallel, the next begins
 * when it has ended.
 *
 * Indexes first: pg_restore does not know that a foreign key of a partitioned table and the attaching of an index of one
 * of its partitions lock each other, and side by side they end in a deadlock. Event triggers last: one that writes down
 * what is changed would write down the restore itself, in a table whose rows are there already.
 */
export function postDataSteps(entries: readonly TocEntry[], wanted: ReadonlySet<number> | null): number[][] {
  const steps: [number[], number[], number[]] = [[], [], []]
  let section: TocEntry['section'] = 'none'
  let step = steps[1]
  for (const entry of entries) {
    // Comments and rights have no section of their own and follow what they are about.
    if (entry.section !== 'none') {
      section = entry.section
      step = foundations.has(entry.type) ? steps[0] : entry.type === 'EVENT TRIGGER' ? steps[2] : steps[1]
    }
    if (section === 'post-data' && (wanted === null || wanted.has(entry.dumpId))) step.push(entry.dumpId)
  }
  return steps.filter((ids) => ids.length > 0)
}
