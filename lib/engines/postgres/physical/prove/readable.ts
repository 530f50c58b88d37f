import type { ClientBase } from 'pg'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import type { Findings } from './findings'
import type { Relation } from './relations'

/**
 * Reads every row of these tables with every value in it, also those that are kept out of line, as COPY does for a dump. The server
 * writes them to nowhere: they come neither here nor onto its disk.
 */
export async function checkReadable(
  client: ClientBase,
  { database, relations }: { database: string; relations: Relation[] },
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const columns = await columnsOf(client)
  for (const { oid, name } of relations) {
    signal.throwIfAborted()
    try {
      await client.query(`COPY (SELECT ${columns.get(oid) ?? ''} FROM ONLY ${name}) TO '/dev/null'`)
      findings.sound()
    } catch (error) {
      signal.throwIfAborted()
      findings.failed(`${name} in ${database}`, error)
    }
  }
}

/** Stored ones: what is computed when it is read need not be computable. */
async function columnsOf(client: ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ oid: string; names: string[] }>(
    `SELECT attrelid::text AS oid, array_agg(attname::text ORDER BY attnum) AS names
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relkind IN ('r', 'm', 't') AND attnum > 0 AND NOT attisdropped AND attgenerated IN ('', 's')
      GROUP BY attrelid`,
  )
  return new Map(rows.map(({ oid, names }) => [oid, names.map(quoteIdentifier).join(', ')]))
}
