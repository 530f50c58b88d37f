import type { ClientBase } from 'pg'
import { decodeText } from '@/lib/engines/postgres/connect/decode-text'
import { nameBytes } from '@/lib/engines/postgres/connect/name-bytes'
import type { SizedTable } from './plan-parts'
import { readEncoding } from '@/lib/engines/postgres/connect/server-facts'

/**
 * Tables whose rows may be dumped by themselves, the largest first. Extensions' own tables are left out: which of their
 * rows belong into a dump is pg_dump's knowledge. Sizes are the catalog's estimates: to ask for the true ones would wait
 * for the session that has locked a table.
 */
export async function readTables(client: ClientBase): Promise<SizedTable[]> {
  const readName = decodeText(await readEncoding(client))
  const { rows } = await client.query<{ schema: Buffer; name: Buffer; bytes: number }>(
    `SELECT ${nameBytes('n.nspname')} AS schema, ${nameBytes('c.relname')} AS name,
            (c.relpages + coalesce(t.relpages, 0))::float8 * current_setting('block_size')::int AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
      WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY 3 DESC, 1, 2 LIMIT 1000`,
  )
  return rows.map(({ schema, name, bytes }) => ({ schema: readName(schema), name: readName(name), bytes }))
}
