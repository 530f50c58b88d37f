import type { ClientBase } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

const listed = 20

/**
 * TRUNCATE, and ALTER TABLE where it writes a table anew, do not heed snapshots: a reader with an older one finds
 * the table empty ("Caveats" of PostgreSQL's chapter on concurrency). One that came after the backup's snapshot and
 * before its lock would be a dump without those rows that nobody complains about.
 *
 * The catalog as the snapshot sees it names each table's file of that time; the server's function names today's. To be
 * asked in the snapshot's transaction while the dump holds its locks: then nothing can change any more.
 */
export async function assertNotRewritten(holder: ClientBase): Promise<void> {
  const { rows } = await holder.query<{ schema: string; name: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode
      ORDER BY 1, 2 LIMIT ${listed}`,
  )
  if (rows.length === 0) return
  const tables = rows.map((row) => quoteQualified(row.schema, row.name))
  throw new HoldfastError(
    'producer-failed',
    `Another session emptied, rewrote or dropped a table while the backup began: ${tables.join(', ')}.`,
    {
      remedy: 'The next attempt reads everything anew. If it keeps happening, take the backup at another time.',
      facts: { tables },
      transient: true,
    },
  )
}
