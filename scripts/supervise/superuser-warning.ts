import pg from 'pg'

/** What to say of a catalog whose role is superuser, with the SQL that mends it; null when there is nothing to say. */
export async function superuserWarning(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ role: string; database: string; superuser: boolean; bootstrap: boolean }>(
    `SELECT rolname::text AS role, current_database()::text AS database, rolsuper AS superuser, oid = 10 AS bootstrap
       FROM pg_roles WHERE rolname = current_user`,
  )
  const [found] = rows
  if (!found?.superuser) return null
  const role = pg.escapeIdentifier(found.role)
  const database = pg.escapeIdentifier(found.database)
  const what = `DATABASE_URL connects as ${found.role}, a superuser: anyone who obtains it controls the whole server.`
  if (!found.bootstrap) {
    return `${what} As another superuser: ALTER DATABASE ${database} OWNER TO ${role}; ALTER ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE;`
  }
  // The role that the server was made with cannot give it up, and owns what the server needs.
  return (
    `${what} Make a database of its own for the catalog and move it there with pg_dump --no-owner --no-privileges and pg_restore: ` +
    "CREATE ROLE holdfast_owner LOGIN PASSWORD 'change-me'; CREATE DATABASE holdfast_catalog OWNER holdfast_owner; " +
    'CREATE ROLE holdfast_limited_holdfast_owner NOLOGIN; GRANT holdfast_limited_holdfast_owner TO holdfast_owner;'
  )
}
