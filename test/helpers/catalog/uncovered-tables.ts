import type pg from 'pg'
import { limitedRights } from '@/lib/db/limited-rights'
import { limitedRoleName } from '@/lib/db/limited-role'

/** Columns that tie a row to a source, beside foreign keys. */
const ties = ['source_id', 'backup_id']

/**
 * What of the catalog a limited token could see or change without being held to its sources, by the server's own tables;
 * empty when there is nothing. `listed` are the tables of the whole instance.
 */
export async function findUncovered(client: pg.ClientBase, listed: Record<string, unknown>): Promise<string[]> {
  const tables = await readTables(client)
  const found = tables.flatMap(({ name, covered, policies, columns, leads }) => {
    if (covered) return policies === 1 ? [] : [`${name}: more than one policy`]
    if (!(name in listed)) return [`${name}: neither policy nor listed`]
    return [
      ...columns.filter((column) => ties.includes(column)).map((column) => `${name}: column ${column}`),
      ...leads
        .filter((to) => tables.some((table) => table.name === to && table.covered))
        .map((to) => `${name}: leads to ${to}`),
    ]
  })
  const gone = Object.keys(listed).filter((name) => !tables.some((table) => table.name === name && !table.covered))
  return [
    ...found,
    ...gone.map((name) => `${name}: listed but not there`),
    ...(await findOwnersWays(client)),
    ...(await findOtherRights(client)),
  ].sort()
}

interface Table {
  name: string
  /** Row security is on, and a policy for everybody and every command is there. */
  covered: boolean
  policies: number
  columns: string[]
  /** Tables that its foreign keys lead to, over others too. */
  leads: string[]
}

async function readTables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    WITH RECURSIVE leads (origin, oid) AS (
      SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f'
      UNION SELECT l.origin, f.confrelid FROM leads l JOIN pg_constraint f ON f.contype = 'f' AND f.conrelid = l.oid
    )
    SELECT c.relname::text AS name,
      c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p
        WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}') AS covered,
      (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
      ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
      ARRAY(SELECT l.oid::regclass::text FROM leads l WHERE l.origin = c.oid ORDER BY 1) AS leads
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f') ORDER BY 1`)
  return rows
}

/** What reads or writes as the owner, to whom no policy applies, and tables beside those of the catalog. */
async function findOwnersWays(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ found: string }>(`
    SELECT c.oid::regclass || ': reads as its owner' AS found FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
       AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') && '{security_invoker=true,security_invoker=on}')
    UNION ALL
    SELECT p.oid::regprocedure || ': runs as its owner' FROM pg_proc p
     WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace
    UNION ALL
    SELECT c.oid::regclass || ': in an open schema' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname <> 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_schema_privilege(${limitedRoleName}, n.oid, 'USAGE')`)
  return rows.map(({ found }) => found)
}

/** Rights of the role beside those that are listed, granted to it or to everybody, and listed ones that it lacks. */
async function findOtherRights(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string; rights: string[] }>(`
    SELECT c.relname::text AS name, ARRAY(
      SELECT r FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) r
       WHERE has_table_privilege(${limitedRoleName}, c.oid, r)
          OR r IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(${limitedRoleName}, c.oid, r)
    ) AS rights
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`)
  const wanted = limitedRights()
  return rows.flatMap(({ name, rights }) => {
    const want = wanted.get(name) ?? []
    return [
      ...rights.filter((right) => !want.includes(right)).map((right) => `${name}: may ${right}`),
      ...want.filter((right) => !rights.includes(right)).map((right) => `${name}: may not ${right}`),
    ]
  })
}
