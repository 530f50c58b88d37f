import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import { decodeText } from '@/lib/engines/postgres/connect/decode-text'
import { nameBytes } from '@/lib/engines/postgres/connect/name-bytes'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { readEncoding } from '@/lib/engines/postgres/connect/server-facts'
import type { UnfilledView } from '@/lib/engines/postgres/logical/restore/refresh-views'

/** A table's data as the archive holds it. */
export interface ArchivedTable {
  schema: string
  name: string
  copyStatement: string
  rows: number
  rowsHash?: string
}

const shown = 20

export interface RowCounts {
  check: Check
  different: { table: string; expected: number; actual: number }[]
}

/** Exact counts: what the archive holds against `count(*)` of the restored table, each partition by itself. */
export async function compareRowCounts(
  client: ClientBase,
  tables: ArchivedTable[],
  signal: AbortSignal,
): Promise<RowCounts> {
  const different: RowCounts['different'] = []
  let expectedRows = 0
  let actualRows = 0
  const conditions = await extensionConditions(client)
  for (const table of tables) {
    signal.throwIfAborted()
    const name = quoteQualified(table.schema, table.name)
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) AS count FROM ONLY ${name} ${conditions.get(name) ?? ''}`,
    )
    const actual = Number(rows[0]?.count ?? 0)
    expectedRows += table.rows
    actualRows += actual
    if (actual !== table.rows) different.push({ table: name, expected: table.rows, actual })
  }
  const detail =
    different.length === 0
      ? `${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`
      : `${different
          .slice(0, shown)
          .map((entry) => `${entry.table}: ${entry.expected} rows in the archive, ${entry.actual} restored`)
          .join('; ')}. A restore would lose rows, or bring back some that were not there`
  return {
    check: {
      name: 'row-counts',
      verdict: different.length === 0 ? 'passed' : 'failed',
      expected: expectedRows,
      actual: actualRows,
      detail,
    },
    different: different.slice(0, shown),
  }
}

/** Of an extension's configuration tables only the rows that match its condition are dumped; it brings the others itself. */
async function extensionConditions(client: ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ schema: string; name: string; condition: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, x.condition
       FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS x (id, condition)
       JOIN pg_class c ON c.oid = x.id JOIN pg_namespace n ON n.oid = c.relnamespace`,
  )
  return new Map(rows.map((row) => [quoteQualified(row.schema, row.name), row.condition]))
}

export async function compareLargeObjects(client: ClientBase, expected: number): Promise<Check> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) AS count FROM pg_largeobject_metadata')
  const actual = Number(rows[0]?.count ?? 0)
  if (actual === expected) return { name: 'large-objects', verdict: 'passed', expected, actual }
  const detail = `${expected} large objects in the archive, ${actual} in the restored database`
  return { name: 'large-objects', verdict: 'failed', expected, actual, detail }
}

/**
 * Materialized views that were filled in the source are filled again, and no others. A backup holds no rows of them, so
 * theirs cannot be compared: they are what their queries give now.
 */
export async function compareMaterializedViews(
  client: ClientBase,
  filled: string[],
  unfilled: UnfilledView[],
): Promise<Check> {
  const readName = decodeText(await readEncoding(client))
  const { rows } = await client.query<{ schema: Buffer; name: Buffer }>(
    `SELECT ${nameBytes('n.nspname')} AS schema, ${nameBytes('c.relname')} AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'm' AND c.relispopulated
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`,
  )
  const actual = new Set(rows.map((row) => quoteQualified(readName(row.schema), readName(row.name))))
  const elsewhere = unfilled.filter((view) => view.elsewhere)
  const told = new Set(elsewhere.map((view) => view.name))
  const missing = filled.filter((name) => !actual.has(name) && !told.has(name))
  const why = new Map(unfilled.map((view) => [view.name, view.reason]))
  const inWords = (name: string) => `${name}${why.has(name) ? ` (${why.get(name)})` : ''}`
  const extra = [...actual].filter((name) => !filled.includes(name))
  const notes = [
    missing.length > 0 &&
      `Filled in the source and empty in the restored database: ${missing.slice(0, shown).map(inWords).join(', ')}`,
    extra.length > 0 && `Empty in the source and filled in the restored database: ${extra.slice(0, shown).join(', ')}`,
    elsewhere.length > 0 &&
      `Not filled, because their rows come from another server that cannot be reached from the sandbox: ${elsewhere
        .slice(0, shown)
        .map((view) => inWords(view.name))
        .join(', ')}`,
  ].filter((note) => note !== false)
  const failed = missing.length > 0 || extra.length > 0
  if (notes.length === 0 && filled.length > 0) {
    notes.push('Filled anew by their queries; a backup holds no rows of them to compare with')
  }
  return {
    name: 'materialized-views',
    verdict: failed ? 'failed' : elsewhere.length > 0 ? 'inconclusive' : 'passed',
    expected: filled.length,
    actual: actual.size,
    ...(notes.length > 0 ? { detail: notes.join('. ') } : {}),
  }
}
