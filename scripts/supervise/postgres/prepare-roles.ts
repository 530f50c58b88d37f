import pg from 'pg'
import { catalogDatabase, catalogRoles, sampleDatabase } from '@/lib/db/catalog-roles'
import { limitedRolePrefix } from '@/lib/db/limited-role'

const { superuser, owner, backup, sample } = catalogRoles
/** Requests of limited tokens take it; its rights in the catalog are given with each start (lib/db/limited-role.ts). */
const limited = `${limitedRolePrefix}${owner}`
const plain = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION'

export interface RolePasswords {
  owner: string
  backup: string
  sample: string
}

/**
 * Makes the roles that work without being superuser and gives each its database. Done at every start, so that a catalog
 * from before there were such roles, and one whose roles were changed by hand, end the same. `connect` opens a
 * connection as superuser.
 */
export async function prepareRoles(
  connect: (database: string) => Promise<pg.Client>,
  passwords: RolePasswords,
  wanted: { sample: boolean },
): Promise<void> {
  await using(connect('postgres'), async (server) => {
    // A statement that fails would stand in the server's log, its password with it.
    await server.query("SET log_min_error_statement = 'panic'; SET log_statement = 'none'")
    await ensureRole(server, owner, `${loginAs(passwords.owner)} NOBYPASSRLS`)
    // A backup has all rows: row security is for limited tokens, and pg_dump refuses to run where it might hide some.
    await ensureRole(server, backup, `${loginAs(passwords.backup)} BYPASSRLS`)
    await server.query(`GRANT pg_read_all_data TO ${backup}`)
    await ensureRole(server, limited, 'NOLOGIN NOBYPASSRLS')
    await server.query(`GRANT ${limited} TO ${owner}`)
    await ensureDatabase(server, catalogDatabase, owner)
    await server.query(`GRANT CONNECT ON DATABASE ${catalogDatabase} TO ${backup}`)
    await server.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC')
    if (!wanted.sample && !(await databaseExists(server, sampleDatabase))) return
    await ensureRole(server, sample, `${loginAs(passwords.sample)} NOBYPASSRLS`)
    const locale = "LC_COLLATE 'C' LC_CTYPE 'C'"
    await ensureDatabase(server, sampleDatabase, sample, locale)
  })
  await using(connect(catalogDatabase), (client) => client.query(takeOver(owner)))
  await using(connect('postgres'), async (server) => {
    if (!(await databaseExists(server, sampleDatabase))) return
    await using(connect(sampleDatabase), (client) => client.query(readsRoles + takeOver(sample)))
  })
}

/** Each database has its own rights on the table of roles: a backup of the sample holds their passwords, hashed. */
const readsRoles = `GRANT SELECT ON pg_catalog.pg_authid TO ${sample};`

async function using<T>(opening: Promise<pg.Client>, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await opening
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The passwords are generated, in base64url: nothing in them needs quoting. */
const loginAs = (password: string) => `LOGIN PASSWORD ${pg.escapeLiteral(password)}`

async function ensureRole(server: pg.Client, name: string, attributes: string): Promise<void> {
  const { rowCount } = await server.query('SELECT FROM pg_roles WHERE rolname = $1', [name])
  if (!rowCount) await server.query(`CREATE ROLE ${name}`)
  await server.query(`ALTER ROLE ${name} ${plain} ${attributes}`)
}

async function databaseExists(server: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await server.query('SELECT FROM pg_database WHERE datname = $1', [name])
  return (rowCount ?? 0) > 0
}

/** The database belongs to its role, and nobody else is let in who was not named. */
async function ensureDatabase(server: pg.Client, name: string, role: string, locale = ''): Promise<void> {
  if (!(await databaseExists(server, name))) {
    await server.query(`CREATE DATABASE ${name} OWNER ${role} TEMPLATE template0 ENCODING 'UTF8' ${locale}`)
  }
  await server.query(`ALTER DATABASE ${name} OWNER TO ${role}`)
  await server.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`)
  await server.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${role}`)
}

/**
 * Gives everything that the superuser owns in a database to the role. REASSIGN OWNED refuses, because the server's own
 * objects belong to that superuser, too. What belongs to a table (its indexes, its own sequences, its row type) follows
 * it, as what a table's column or an array type is made of does.
 */
const takeOver = (role: string) => `
DO $$
DECLARE object record;
BEGIN
  FOR object IN
    SELECT 'SCHEMA' AS kind, quote_ident(nspname) AS name FROM pg_namespace
     WHERE nspowner = '${superuser}'::regrole AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO ${role}', object.kind, object.name);
  END LOOP;
  FOR object IN
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                          WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END AS kind,
           format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relowner = '${superuser}'::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                          AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0)
    UNION ALL
    SELECT 'ROUTINE', p.oid::regprocedure::text
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.proowner = '${superuser}'::regrole AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'TYPE', format('%I.%I', n.nspname, t.typname)
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.typowner = '${superuser}'::regrole AND t.typtype IN ('e', 'd', 'r') AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'LARGE OBJECT', oid::text FROM pg_largeobject_metadata WHERE lomowner = '${superuser}'::regrole
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO ${role}', object.kind, object.name);
  END LOOP;
END
$$`
