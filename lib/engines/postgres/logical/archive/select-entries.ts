import type { RestoreSelection } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { TocEntry } from './archive-format'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

/** The part of an archive that a restore of some tables takes. */
export interface Selection {
  dumpIds: number[]
  /** Tables whose rows are restored. */
  tables: { schema: string; name: string }[]
  /** What belongs to the tables and cannot be restored without others, in words. */
  leftOut: string[]
}

const relations = new Set(['TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE'])
/** Entries that belong to a relation and come with it when everything they are between is there. */
const attached = new Set([
  'ACL',
  'CHECK CONSTRAINT',
  'COMMENT',
  'CONSTRAINT',
  'DEFAULT',
  'FK CONSTRAINT',
  'INDEX',
  'INDEX ATTACH',
  'MATERIALIZED VIEW DATA',
  'POLICY',
  'ROW SECURITY',
  'RULE',
  'SECURITY LABEL',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'STATISTICS',
  'TABLE ATTACH',
  'TRIGGER',
])
/** Dependencies of an attached entry that must have been selected themselves; all others are simply taken along. */
const notTakenAlong = new Set([...relations, 'CONSTRAINT', 'INDEX', 'FK CONSTRAINT'])
notTakenAlong.delete('SEQUENCE')

/**
 * Tables and schemas with what they need (schemas, types, functions, parents of inherited tables) and what belongs to
 * them (indexes, constraints, triggers, sequences, comments, rights). Partitions come with their table. Throws
 * `selection-empty` when the archive has no such table or schema.
 */
export function selectEntries(entries: readonly TocEntry[], only: RestoreSelection): Selection {
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]))
  const seeds = withPartitions(entries, byId, findSeeds(entries, only))
  const taken = new Set<number>()
  const take = (entry: TocEntry) => {
    if (taken.has(entry.dumpId)) return
    taken.add(entry.dumpId)
    for (const id of entry.dependencies) {
      const needed = byId.get(id)
      if (needed && needed.type !== 'TABLE DATA') take(needed)
    }
    const schema = entries.find((other) => other.type === 'SCHEMA' && other.name === entry.schema)
    if (schema) take(schema)
  }
  for (const seed of seeds) take(seed)

  const leftOut = new Map<number, TocEntry>()
  for (let before = -1; before < taken.size;) {
    before = taken.size
    for (const entry of entries) {
      if (taken.has(entry.dumpId) || !attached.has(entry.type)) continue
      const needed = entry.dependencies.map((id) => byId.get(id)).filter((other) => other !== undefined)
      if (!needed.some((other) => taken.has(other.dumpId))) continue
      const isWhole =
        needed.every((other) => taken.has(other.dumpId) || !notTakenAlong.has(other.type)) &&
        (entry.type !== 'MATERIALIZED VIEW DATA' || rowsAreThere(entry, byId, seeds))
      if (isWhole) {
        leftOut.delete(entry.dumpId)
        take(entry)
      } else leftOut.set(entry.dumpId, entry)
    }
  }
  const tables = [...seeds].filter((entry) => entry.type === 'TABLE')
  const names = new Set(tables.map((table) => quoteQualified(table.schema, table.name)))
  for (const entry of entries) {
    if (entry.type === 'TABLE DATA' && names.has(quoteQualified(entry.schema, entry.name))) taken.add(entry.dumpId)
  }
  return {
    dumpIds: entries.filter((entry) => taken.has(entry.dumpId)).map((entry) => entry.dumpId),
    tables: tables.map(({ schema, name }) => ({ schema, name })),
    leftOut: [...leftOut.values()].map((entry) => `${entry.type} ${entry.name}`),
  }
}

function findSeeds(entries: readonly TocEntry[], only: RestoreSelection): Set<TocEntry> {
  const seeds = new Set<TocEntry>()
  for (const { schema, name } of only.tables) {
    const found = entries.filter((entry) => relations.has(entry.type) && entry.schema === schema && entry.name === name)
    if (found.length === 0) throw notThere(`no table ${quoteQualified(schema, name)}`)
    for (const entry of found) seeds.add(entry)
  }
  for (const schema of only.schemas) {
    const found = entries.filter(
      (entry) =>
        (entry.schema === schema && !attached.has(entry.type) && entry.type !== 'TABLE DATA') ||
        (entry.type === 'SCHEMA' && entry.name === schema),
    )
    if (found.length === 0) throw notThere(`no schema ${schema}`)
    for (const entry of found) seeds.add(entry)
  }
  return seeds
}

/** TABLE ATTACH stands between a partitioned table and its partition, which has the attaching entry's name. */
function withPartitions(
  entries: readonly TocEntry[],
  byId: Map<number, TocEntry>,
  seeds: Set<TocEntry>,
): Set<TocEntry> {
  for (let before = -1; before < seeds.size;) {
    before = seeds.size
    for (const entry of entries) {
      if (entry.type !== 'TABLE ATTACH') continue
      const ends = entry.dependencies.map((id) => byId.get(id)).filter((other) => other !== undefined)
      const partition = ends.find((end) => end.schema === entry.schema && end.name === entry.name)
      if (partition && ends.some((end) => end !== partition && seeds.has(end))) seeds.add(partition)
    }
  }
  return seeds
}

/** A materialized view is filled from its tables: without their rows it would come back filled with less. */
function rowsAreThere(entry: TocEntry, byId: Map<number, TocEntry>, seeds: ReadonlySet<TocEntry>): boolean {
  const seen = new Set<number>()
  const follow = (id: number): boolean => {
    if (seen.has(id)) return true
    seen.add(id)
    const other = byId.get(id)
    if (!other) return true
    if (other.type === 'TABLE' && !seeds.has(other)) return false
    return other.dependencies.every(follow)
  }
  return entry.dependencies.every(follow)
}

function notThere(what: string): HoldfastError {
  return new HoldfastError('selection-empty', `The backup has ${what}.`, {
    remedy: 'Write the name as the database has it: schema.table, with the same upper and lower case.',
  })
}
