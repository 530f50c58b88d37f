import type { ClientBase } from 'pg'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'

/** The tables by which a catalog of Holdfast is known, whatever its database and its schema are called. */
const tables = ['setting', 'app_user', 'api_token', 'audit_event']

/**
 * Id of the Holdfast instance whose catalog this database holds: the live one, a restored copy, a standby. Null when it
 * holds none, or none that the role may read.
 */
export async function catalogIn(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT n.nspname::text AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = ANY($1) AND c.relkind = 'r'
      GROUP BY 1
     HAVING count(*) = $2 AND bool_and(has_table_privilege(c.oid, 'SELECT'))
        AND bool_and(has_schema_privilege(n.oid, 'USAGE'))`,
    [tables, tables.length],
  )
  for (const { schema } of rows) {
    const { rows: found } = await client.query<{ id: string | null }>(
      `SELECT value->>'id' AS id FROM ${quoteIdentifier(schema)}.setting WHERE key = 'instance'`,
    )
    if (found[0]?.id) return found[0].id
  }
  return null
}
