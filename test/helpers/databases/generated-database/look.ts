import { comparable } from '../compare-dumps'
import { PlainTools } from '../plain-tools'
import type { TestPostgres } from '../../servers/postgres'

/** Everything that can be seen of a database: what pg_dump writes of it, and its rows. */
export interface Looks {
  dump: string[]
  rows: Record<string, string>
}

/** Hashes are made by the server, and names are bytes: no encoding plays a part. */
const rowsQuery = `
  SELECT encode(convert_to(q.name, getdatabaseencoding()), 'escape') AS name,
         (xpath('/row/d/text()', query_to_xml(q.sql, false, true, '')))[1]::text AS digest
    FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name,
                 CASE c.relkind WHEN 'S' THEN format('SELECT last_value || '' '' || is_called AS d FROM %I.%I', n.nspname, c.relname)
                 ELSE format('SELECT count(*) || '' '' || md5(coalesce(string_agg(r, '''' ORDER BY r COLLATE "C"), '''')) AS d FROM (SELECT md5(ROW(%s)::text) AS r FROM ONLY %I.%I t) x',
                   (SELECT coalesce(string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attname::text COLLATE "C"), '')
                      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), n.nspname, c.relname)
                 END AS sql
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
             AND n.nspname !~ '^pg_temp' AND (c.relkind <> 'm' OR c.relispopulated)) q
  UNION ALL
  SELECT 'large object ' || oid, md5(lo_get(oid)) FROM pg_largeobject_metadata
  ORDER BY 1`

export async function lookAt(pg: TestPostgres, database: string): Promise<Looks> {
  const client = await pg.connect(database)
  try {
    await client.query('SET search_path = pg_catalog; SET row_security = off; SET extra_float_digits = 3')
    await client.query('SET statement_timeout = 0; SET xmloption = content; SET client_min_messages = error')
    const { rows } = await client.query<{ name: string; digest: string }>(rowsQuery)
    const { rows: encodings } = await client.query<{ encoding: string }>('SELECT getdatabaseencoding() AS encoding')
    const dump = withoutOrder(comparable(await new PlainTools(pg).describe(database, encodings[0]?.encoding)))
    return { dump, rows: Object.fromEntries(rows.map(({ name, digest }) => [name, digest])) }
  } finally {
    await client.end()
  }
}

/** Settings of the database are kept in the order in which they were made, which means nothing. */
function withoutOrder(dump: string[]): string[] {
  const from = dump.findIndex((line) => setting.test(line))
  if (from < 0) return dump
  const settings: string[] = []
  let at = from
  while (setting.test(dump[at] ?? '')) {
    let statement = dump[at] ?? ''
    // A value may go over several lines.
    while (isOpen(statement) && at + 1 < dump.length) statement += `\n${dump[(at += 1)]}`
    settings.push(statement)
    at += 1
  }
  return [...dump.slice(0, from), ...settings.sort(), ...dump.slice(at)]
}

const setting = /^ALTER (DATABASE|ROLE) .* SET /

/** Whether a statement ends within a string. */
const isOpen = (statement: string) => statement.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '').includes("'")
