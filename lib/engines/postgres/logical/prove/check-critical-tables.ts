import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

/** Tables that must be there and hold rows, whatever the archive says: a backup of an emptied table is faithful too. */
export async function checkCriticalTables(client: ClientBase, tables: string[], signal: AbortSignal): Promise<Check[]> {
  const checks: Check[] = []
  for (const table of tables) {
    signal.throwIfAborted()
    checks.push(await checkTable(client, table))
  }
  return checks
}

async function checkTable(client: ClientBase, wanted: string): Promise<Check> {
  const about = { name: 'critical-table', expected: 'at least 1 row' }
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm')
        AND (n.nspname || '.' || c.relname = $1
             OR quote_ident(n.nspname) || '.' || quote_ident(c.relname) = $1
             OR '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"' = $1
             OR (n.nspname = 'public' AND c.relname = $1))`,
    [wanted],
  )
  const found = rows[0]
  if (!found) {
    return {
      ...about,
      verdict: 'failed',
      actual: 'missing',
      detail: `${wanted} is not in the restored database, though it is listed as critical: it was not in the source when the backup was taken, or its name is written differently.`,
    }
  }
  const { rows: counted } = await client.query<{ count: string }>(
    `SELECT count(*) AS count FROM ${quoteQualified(found.schema, found.name)}`,
  )
  const actual = Number(counted[0]?.count ?? 0)
  if (actual > 0) return { ...about, verdict: 'passed', actual, detail: wanted }
  return {
    ...about,
    verdict: 'failed',
    actual,
    detail: `${wanted} has no rows in the restored database, though it is listed as critical: a restore of this backup would bring back an empty table.`,
  }
}
