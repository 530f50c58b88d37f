import type { ClientBase } from 'pg'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { unquote } from '@/lib/engines/postgres/connect/quote'
import type { Selection } from '@/lib/engines/postgres/logical/archive/select-entries'

/** Where a restore puts what it makes. */
export interface TablespacePlan {
  /** Of the new database; absent: the server's default. */
  database?: string | undefined
  /** Whether tables and indexes go where they were. */
  keep: boolean
  warnings: string[]
}

const nowhere = 'pg_default'
const ofDatabase = /^CREATE DATABASE .* TABLESPACE = ("(?:[^"]|"")+"|[^\s";]+)/s

/** The names that an archive's database, tables and indexes are in, where that is not the server's default. */
export function tablespacesOf(entries: readonly TocEntry[]): { database: string | undefined; objects: string[] } {
  const definition = entries.find(({ type }) => type === 'DATABASE')?.definition ?? ''
  const name = ofDatabase.exec(definition)?.[1]
  const objects = new Set(entries.map(({ tablespace }) => tablespace).filter((space) => space !== ''))
  return { database: name === undefined ? undefined : unquote(name), objects: [...objects].sort() }
}

/**
 * Everything goes where it was, if the target server has all these tablespaces and lets this role use them. Otherwise it
 * goes into the server's default, with a warning: folders are a machine's own, and rows are more than where they lie.
 */
export async function planTablespaces(
  client: ClientBase,
  entries: readonly TocEntry[],
  selection: Selection | null,
): Promise<TablespacePlan> {
  const taken = selection ? new Set(selection.dumpIds) : null
  const { database } = tablespacesOf(entries)
  const { objects } = tablespacesOf(taken ? entries.filter(({ dumpId }) => taken.has(dumpId)) : entries)
  // A database that is in the server's default needs no right for it.
  const needed = [...new Set([...(database === undefined ? [] : [database]), ...objects])].filter(
    (name) => name !== nowhere || database !== undefined,
  )
  if (needed.length === 0) return { keep: true, warnings: [] }
  const { rows } = await client.query<{ name: string }>(
    `SELECT spcname::text AS name FROM pg_tablespace
      WHERE spcname = ANY ($1) AND has_tablespace_privilege(oid, 'CREATE')`,
    [needed],
  )
  const usable = new Set(rows.map(({ name }) => name))
  const lacking = needed.filter((name) => !usable.has(name))
  if (lacking.length === 0) return { database, keep: true, warnings: [] }
  const names = lacking.join(', ')
  return {
    keep: false,
    warnings: [
      `Everything is in the default tablespace of the target server, which has no tablespace ${names} that this role may use. To move a table later: ALTER TABLE ... SET TABLESPACE.`,
    ],
  }
}
