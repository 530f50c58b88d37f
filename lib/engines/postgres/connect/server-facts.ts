import type { ClientBase } from 'pg'
import { unvalidatedConstraints } from '@/lib/engines/postgres/inspect/unvalidated-constraints'

/** Who we are on the server, and which server it is. */
export interface ServerIdentity {
  version: string
  versionNumber: number
  major: number
  user: string
  superuser: boolean
  createRole: boolean
  createDatabase: boolean
  bypassRowSecurity: boolean
  standby: boolean
  tls: string | undefined
}

export async function readIdentity(client: ClientBase): Promise<ServerIdentity> {
  const { rows } = await client.query<Record<string, string | boolean | null>>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
            r.rolname::text AS role, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls, pg_is_in_recovery() AS standby,
            (SELECT s.version FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND s.ssl) AS tls
       FROM pg_roles r WHERE r.rolname = current_user`,
  )
  const row = rows[0] ?? {}
  const versionNumber = Number(row.number)
  return {
    version: String(row.version),
    versionNumber,
    major: Math.floor(versionNumber / 10_000),
    user: String(row.role),
    superuser: row.rolsuper === true,
    createRole: row.rolcreaterole === true,
    createDatabase: row.rolcreatedb === true,
    bypassRowSecurity: row.rolbypassrls === true,
    standby: row.standby === true,
    tls: typeof row.tls === 'string' ? row.tls : undefined,
  }
}

/** What a sandbox or a new database must be made like. */
export interface DatabaseLocale {
  encoding: string
  collate: string
  ctype: string
  provider: 'libc' | 'icu' | 'builtin'
  /** The locale of the provider `icu` or `builtin`; null for the system's locales. */
  icu: string | null
  /** Rules of its own beside the ICU locale's (16 and newer); null: none. */
  icuRules: string | null
  /** Of the provider's sort order, as the database was made with; null: it has none, or does not tell. */
  collationVersion: string | null
}

export async function readLocale(client: ClientBase, versionNumber: number): Promise<DatabaseLocale> {
  const since = (version: number, column: string, before: string) => (versionNumber >= version ? column : before)
  const provider = since(150_000, 'datlocprovider::text', "'c'::text")
  const icu = since(170_000, 'datlocale', since(150_000, 'daticulocale', 'NULL'))
  const rules = since(160_000, 'daticurules', 'NULL')
  const version = since(150_000, 'datcollversion', 'NULL')
  const { rows } = await client.query<{
    encoding: string
    collate: string
    ctype: string
    provider: string
    icu: string | null
    rules: string | null
    version: string | null
  }>(
    `SELECT pg_encoding_to_char(encoding) AS encoding, datcollate::text AS collate, datctype::text AS ctype,
            ${provider} AS provider, ${icu}::text AS icu, ${rules}::text AS rules, ${version}::text AS version
       FROM pg_database WHERE datname = current_database()`,
  )
  const row = rows[0]
  const names = { c: 'libc', i: 'icu', b: 'builtin' } as const
  return {
    encoding: row?.encoding ?? 'UTF8',
    collate: row?.collate ?? 'C',
    ctype: row?.ctype ?? 'C',
    provider: names[row?.provider === 'i' ? 'i' : row?.provider === 'b' ? 'b' : 'c'],
    icu: row?.icu ?? null,
    icuRules: row?.rules ?? null,
    collationVersion: row?.version ?? null,
  }
}

/** Libraries that the server loads at its start; null where the role is not shown them. */
export async function readPreload(client: ClientBase): Promise<string[] | null> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT setting AS value FROM pg_settings WHERE name = 'shared_preload_libraries'",
  )
  const libraries = rows[0]?.value.split(',').map((part) => part.trim().replaceAll('"', ''))
  return libraries?.filter((name) => name !== '').map((name) => name.replace(/^.*\//, '').replace(/\.so$/, '')) ?? null
}

export async function readEncoding(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding")
  return rows[0]?.encoding ?? 'UTF8'
}

const mostTables = 2_000

/** Facts about the content, for the manifest and for planning a sandbox. All from the caller's snapshot. */
export async function readContentFacts(client: ClientBase): Promise<Record<string, unknown>> {
  const size = await databaseBytes(client)
  const { rows: extensions } = await client.query(
    `SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema
       FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1`,
  )
  // From the catalog's estimates: pg_table_size() would wait for the session that has locked a table.
  const { rows: largest } = await client.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name,
            (c.relpages + coalesce(t.relpages, 0))::float8 * current_setting('block_size')::int AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
      WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      ORDER BY 3 DESC, 1, 2 LIMIT 10`,
  )
  const { rows: counts } = await client.query<{
    tables: number
    relations: number
    objects: number
    unvalidated: number
    money: boolean
    rows: number | null
  }>(
    `SELECT (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')) AS tables,
            (SELECT count(*)::int FROM pg_class WHERE oid >= 16384) AS relations,
            (SELECT count(*)::int FROM pg_largeobject_metadata) AS objects,
            (SELECT count(*)::int FROM ${unvalidatedConstraints}) AS unvalidated,
            EXISTS (SELECT FROM pg_attribute WHERE atttypid IN ('money'::regtype, 'money[]'::regtype) AND attrelid >= 16384)
              OR EXISTS (SELECT FROM pg_type WHERE typbasetype IN ('money'::regtype, 'money[]'::regtype))
              OR EXISTS (SELECT FROM pg_range WHERE rngsubtype = 'money'::regtype) AS money,
            -- The planner's estimates; unknown when most tables were never analysed, as after an upgrade.
            (SELECT CASE WHEN count(*) FILTER (WHERE reltuples > 0) * 2 >= count(*) FILTER (WHERE reltuples <> 0)
                         THEN coalesce(sum(greatest(reltuples, 0)), 0)::float8 END
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')) AS rows`,
  )
  // Partitions come and go as planned; their parent stays. More names than these would only fill the manifest.
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT ${mostTables + 1}`,
  )
  return {
    ...(tables.length <= mostTables ? { tables: tables.map(({ name }) => name) } : {}),
    databaseBytes: size,
    tableCount: counts[0]?.tables ?? 0,
    rowEstimate: counts[0]?.rows ?? null,
    relationCount: counts[0]?.relations ?? 0,
    largeObjectCount: counts[0]?.objects ?? 0,
    unvalidatedConstraints: counts[0]?.unvalidated ?? 0,
    usesMoney: counts[0]?.money ?? false,
    extensions,
    largestTables: largest,
  }
}

/** Tells this server from every other; null where a role may not ask. Asked so that a refusal ends no transaction. */
export async function readSystemIdentifier(client: ClientBase): Promise<string | null> {
  const { rows: allowed } = await client.query<{ may: boolean }>(
    `SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute') AS may`,
  )
  if (allowed[0]?.may !== true) return null
  const { rows } = await client.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()')
  return rows[0]?.id ?? null
}

export async function databaseBytes(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>('SELECT pg_database_size(current_database())::float8 AS bytes')
  return rows[0]?.bytes ?? 0
}
