import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import type { TestPostgres } from '../servers/postgres'

/** Fills a database with everything that dumps stumble over. Needs a superuser. */
export async function nastyDatabase(client: Client): Promise<void> {
  const sql = await readFile(new URL('../../fixtures/sql/nasty.sql', import.meta.url), 'utf8')
  await client.query(sql)
}

/** The same of a database of a test server. */
export async function digestOf(server: TestPostgres, database: string): Promise<Record<string, string>> {
  const client = await server.connect(database)
  try {
    return await contentDigest(client)
  } finally {
    await client.end()
  }
}

/** What a database holds, by name: rows and a hash that does not depend on their order, sequences, large objects. */
export async function contentDigest(client: Client): Promise<Record<string, string>> {
  await client.query(
    "SET search_path = pg_catalog; SET row_security = off; SET extra_float_digits = 3; SET TimeZone = 'UTC'",
  )
  const digest: Record<string, string> = {}
  // Columns by name: an inherited table may come back with its columns in another order, as pg_dump documents.
  const { rows: relations } = await client.query<{ name: string; kind: string; columns: string }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, c.relkind::text AS kind,
            (SELECT coalesce(string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY a.attname), '')
               FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND n.nspname !~ '^pg_temp' AND (c.relkind <> 'm' OR c.relispopulated)
      ORDER BY 1`,
  )
  for (const { name, kind, columns } of relations) {
    const query =
      kind === 'S'
        ? `SELECT last_value || ' ' || is_called AS digest FROM ${name}`
        : `SELECT count(*) || ' ' || coalesce(sum(('x' || left(md5(ROW(${columns})::text), 15))::bit(60)::bigint)::text, '')
                  || ' ' || coalesce(sum(('x' || right(md5(ROW(${columns})::text), 15))::bit(60)::bigint)::text, '') AS digest
             FROM ONLY ${name} t`
    const { rows } = await client.query<{ digest: string }>(query)
    digest[name] = rows[0]?.digest ?? ''
  }
  const { rows: objects } = await client.query<{ oid: string; digest: string }>(
    `SELECT oid::text, md5(lo_get(oid)) AS digest FROM pg_largeobject_metadata ORDER BY oid`,
  )
  for (const object of objects) digest[`large object ${object.oid}`] = object.digest
  return digest
}
