import type { ClientBase } from 'pg'
import type { Finding } from '@/lib/contracts/source'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'

/** The snapshot's, the dump's and the roles'. */
const leastConnections = 3

/** Connection limits on the role or the database that are too low for any backup. Superusers are exempt from them. */
export async function connectionFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ role: string; database: string; ofRole: number; ofDatabase: number }>(
    `SELECT r.rolname::text AS role, d.datname::text AS database, r.rolconnlimit AS "ofRole", d.datconnlimit AS "ofDatabase"
       FROM pg_roles r, pg_database d
      WHERE r.rolname = session_user AND d.datname = current_database() AND NOT r.rolsuper`,
  )
  const row = rows[0]
  if (!row) return []
  const tooFew = (limit: number) => limit >= 0 && limit < leastConnections
  const finding = (whose: string, limit: number, sql: string): Finding => ({
    severity: 'error',
    code: 'too-few-connections',
    message: `${whose} may hold ${limit} connection${limit === 1 ? '' : 's'} at once; a backup needs ${leastConnections}.`,
    remedy: 'Let an administrator of the server run the statement below.',
    sql,
  })
  return [
    ...(tooFew(row.ofRole)
      ? [finding(`User ${row.role}`, row.ofRole, `ALTER ROLE ${quoteIdentifier(row.role)} CONNECTION LIMIT 5;`)]
      : []),
    ...(tooFew(row.ofDatabase)
      ? [
          finding(
            `Database ${row.database}`,
            row.ofDatabase,
            `ALTER DATABASE ${quoteIdentifier(row.database)} CONNECTION LIMIT -1;`,
          ),
        ]
      : []),
  ]
}
