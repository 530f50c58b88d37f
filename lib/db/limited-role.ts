import pg from 'pg'
import { HoldfastError } from '../core/holdfast-error'
import { limitedRights } from './limited-rights'

export const limitedRolePrefix = 'holdfast_limited_'

/**
 * The role that requests of limited tokens take, as SQL: one for each role that catalogs connect as. Roles belong to the
 * whole server, so that one for all catalogs would open each of them to the owners of the others.
 */
export const limitedRoleName = `'${limitedRolePrefix}' || CASE WHEN octet_length(session_user) > 46 THEN md5(session_user) ELSE session_user END`

/** One start prepares a catalog at a time; the lock of migrations (lib/db/migrate.ts). */
const LOCK = 72_707_369

/**
 * Makes the role that requests of limited tokens take, and gives it its rights in this catalog and nothing beside them.
 * Done at every start, since a catalog that was restored brings its policies but no roles. Answers what an administrator
 * of the server must do where this role may not; limited tokens are refused until then, and nothing else is.
 */
export async function prepareLimitedRole(url: string): Promise<HoldfastError | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'holdfast-start',
    connectionTimeoutMillis: 15_000,
  })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    const { role, there, member } = await findRole(client)
    const name = pg.escapeIdentifier(role)
    // Other catalogs of the server may make it in the same moment.
    if (!there) await attempt(client, `CREATE ROLE ${name} NOLOGIN`)
    // A superuser is made a member too, and stays one when the role is no superuser any more. Since PostgreSQL 16 who
    // makes a role is a member that may give it to others, and to themselves, but not take it.
    if (!member || !(await canTake(client, name))) await attempt(client, `GRANT ${name} TO SESSION_USER`)
    if (!(await canTake(client, name))) return await limitedRoleMissing(client)
    await setRights(client, role)
    return (await isHeld(client, name)) ? null : await limitedRoleMissing(client)
  } finally {
    await client.end() // the lock goes with the session
  }
}

/** What runs a query: a connection, or the catalog's pool. */
interface Asks {
  query<Row extends pg.QueryResultRow>(sql: string): Promise<{ rows: Row[] }>
}

interface Found {
  role: string
  user: string
  there: boolean
  member: boolean
  /** Row security does not hold it. */
  exempt: boolean
}

async function findRole(client: Asks): Promise<Found> {
  const { rows } = await client.query<Found>(
    `SELECT n.role, session_user::text AS "user", r.oid IS NOT NULL AS there,
            EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
                     WHERE m.roleid = r.oid AND u.rolname = session_user) AS member,
            coalesce(r.rolsuper OR r.rolbypassrls, false) AS exempt
       FROM (SELECT ${limitedRoleName} AS role) n LEFT JOIN pg_roles r ON r.rolname = n.role`,
  )
  const [found] = rows
  if (!found) throw new Error('a query without a table answers one row')
  return found
}

const notAllowed = '42501'
const notThere = '22023'
/** A role, or a membership, that somebody else made in the same moment. */
const madeMeanwhile = ['42710', '23505', 'XX000']

/** Whether it worked is seen by taking the role. */
async function attempt(client: pg.Client, sql: string): Promise<void> {
  await client.query(sql).catch((error: unknown) => {
    if (![...madeMeanwhile, notAllowed, '42704'].includes(codeOf(error))) throw error
  })
}

async function canTake(client: pg.Client, name: string): Promise<boolean> {
  try {
    await client.query(`SET ROLE ${name}`)
    await client.query('RESET ROLE')
    return true
  } catch (error) {
    if ([notAllowed, notThere].includes(codeOf(error))) return false
    throw error
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Whether row security holds the role, as it does not hold superusers, those exempt from it, and owners of the tables. */
async function isHeld(client: pg.Client, name: string): Promise<boolean> {
  await client.query(`SET ROLE ${name}`)
  const { rows } = await client.query<{ held: boolean }>(`SELECT ${limitHolds} AS held`)
  await client.query('RESET ROLE')
  return rows[0]?.held === true
}

/** SQL: the role that was taken is held to the policies, and has its rights. */
export const limitHolds = "row_security_active('public.source') AND has_table_privilege('public.source', 'SELECT')"

/** Grants and revokes what differs, so that a start at which nothing differs writes nothing. */
async function setRights(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string; sequence: boolean; rights: string[] }>(
    `SELECT c.relname::text AS name, c.relkind = 'S' AS sequence,
            ARRAY(SELECT a.privilege_type::text FROM aclexplode(c.relacl) a WHERE a.grantee = r.oid) AS rights
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND r.rolname = $1 ORDER BY 1`,
    [role],
  )
  const wanted = limitedRights()
  const to = pg.escapeIdentifier(role)
  const changes = rows.flatMap(({ name, sequence, rights }) => {
    const want = wanted.get(name) ?? []
    const on = `ON ${sequence ? 'SEQUENCE' : 'TABLE'} public.${pg.escapeIdentifier(name)}`
    const more = want.filter((right) => !rights.includes(right))
    const less = rights.filter((right) => !want.includes(right))
    return [
      ...(more.length > 0 ? [`GRANT ${more.join(', ')} ${on} TO ${to}`] : []),
      ...(less.length > 0 ? [`REVOKE ${less.join(', ')} ${on} FROM ${to}`] : []),
    ]
  })
  const { rows: schema } = await client.query<{ usage: boolean }>(
    "SELECT has_schema_privilege($1, 'public', 'USAGE') AS usage",
    [role],
  )
  if (!schema[0]?.usage) changes.push(`GRANT USAGE ON SCHEMA public TO ${to}`)
  if (changes.length > 0) await client.query(changes.join(';\n'))
}

/** Why a limited token cannot be answered, with the SQL that an administrator of the server runs. */
export async function limitedRoleMissing(client: Asks): Promise<HoldfastError> {
  const { role, user, there, exempt } = await findRole(client)
  const name = pg.escapeIdentifier(role)
  const sql = [
    ...(there ? [] : [`CREATE ROLE ${name} NOLOGIN;`]),
    ...(exempt ? [`ALTER ROLE ${name} NOSUPERUSER NOBYPASSRLS;`] : []),
    `GRANT ${name} TO ${pg.escapeIdentifier(user)};`,
  ].join(' ')
  const message = `Tokens that are limited to sources are refused: the catalog cannot hold them to these as ${role}.`
  return new HoldfastError('limited-role-missing', message, {
    remedy: `As an administrator of the catalog's server run ${sql} Then start Holdfast again.`,
    facts: { sql },
  })
}
