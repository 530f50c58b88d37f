import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import { quoteQualified } from './quote'

/** A table's data as the archive holds it. */
export interface ArchivedTable {
  schema: string
  name: string
  copyStatement: string
  rows: number
  sha256?: string
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
  for (const table of tables) {
    signal.throwIfAborted()
    const name = quoteQualified(table.schema, table.name)
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ONLY ${name}`)
    const actual = Number(rows[0]?.count ?? 0)
    expectedRows += table.rows
    actualRows += actual
    if (actual !== table.rows) different.push({ table: name, expected: table.rows, actual })
  }
  const detail =
    different.length === 0
      ? `${tables.length} tables`
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

export async function compareLargeObjects(client: ClientBase, expected: number): Promise<Check> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) AS count FROM pg_largeobject_metadata')
  const actual = Number(rows[0]?.count ?? 0)
  if (actual === expected) return { name: 'large-objects', verdict: 'passed', expected, actual }
  const detail = `${expected} large objects in the archive, ${actual} in the restored database`
  return { name: 'large-objects', verdict: 'failed', expected, actual, detail }
}

/** Materialized views that were filled in the source are filled again, and no others. */
export async function compareMaterializedViews(client: ClientBase, filled: string[]): Promise<Check> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT schemaname::text AS schema, matviewname::text AS name FROM pg_matviews WHERE ispopulated`,
  )
  const actual = new Set(rows.map((row) => quoteQualified(row.schema, row.name)))
  const missing = filled.filter((name) => !actual.has(name))
  const extra = [...actual].filter((name) => !filled.includes(name))
  const notes = [
    missing.length > 0 &&
      `Filled in the source and empty in the restored database: ${missing.slice(0, shown).join(', ')}`,
    extra.length > 0 && `Empty in the source and filled in the restored database: ${extra.slice(0, shown).join(', ')}`,
  ].filter((note) => note !== false)
  return {
    name: 'materialized-views',
    verdict: notes.length === 0 ? 'passed' : 'failed',
    expected: filled.length,
    actual: actual.size,
    ...(notes.length > 0 ? { detail: notes.join('. ') } : {}),
  }
}
