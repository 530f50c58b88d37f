export interface SizedTable {
  schema: string
  name: string
  /** On the source's disk, TOAST included: an estimate of what its dump costs. */
  bytes: number
}

export interface PartPlan {
  /** Rows of these tables go into parts of their own; the archive holds all the rest. */
  data: { tables: SizedTable[]; bytes: number }[]
  archiveBytes: number
}

/** Below this a second stream costs more (another reading of the catalog, more locks) than it saves. */
export const worthwhileBytes = 256 * 1024 * 1024
/** Smaller tables stay in the archive: they balance nothing and lengthen the command line. */
const smallestShare = 1 / 128
/** Names go on the command line. */
const mostTables = 200

/**
 * Divides a database into streams of like size: the largest tables first, each into the stream that is smallest so far.
 * The archive takes whatever is not named, so completeness does not hang on this list.
 */
export function planParts(tables: readonly SizedTable[], databaseBytes: number, streams: number): PartPlan {
  if (streams < 2) return { data: [], archiveBytes: databaseBytes }
  const large = tables
    .filter((table) => table.bytes >= databaseBytes * smallestShare)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostTables)
  const rest = Math.max(0, databaseBytes - large.reduce((sum, table) => sum + table.bytes, 0))
  const archive = { tables: [] as SizedTable[], bytes: rest }
  const data = Array.from({ length: streams - 1 }, () => ({ tables: [] as SizedTable[], bytes: 0 }))
  for (const table of large) {
    // The archive is the last choice among equals: it has the schema to read as well.
    const smallest = [...data, archive].reduce((least, stream) => (stream.bytes < least.bytes ? stream : least))
    smallest.tables.push(table)
    smallest.bytes += table.bytes
  }
  return { data: data.filter((stream) => stream.tables.length > 0), archiveBytes: archive.bytes }
}
