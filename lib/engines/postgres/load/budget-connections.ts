import type { ClientBase } from 'pg'

export interface ConnectionBudget {
  /** How many connections may be held at once, those that are held already included. Never less than is held plus one. */
  connections: number
  /** Why it is less than was wanted. */
  warnings: string[]
}

/** Left for other clients, so that a backup never takes the last connection. */
const reserve = 3

interface Counts {
  free: number
  roleFree: number | null
  databaseFree: number | null
}

/**
 * What a backup may take of the server's connections: no more than it wants, than the source's option allows, and than
 * is free now with some left over, by the limits of server, role and database. `held` counts the connections that the
 * backup has open already, the asking one included.
 */
export async function budgetConnections(
  client: ClientBase,
  { wanted, maxConnections, held = 1 }: { wanted: number; maxConnections: number; held?: number },
): Promise<ConnectionBudget> {
  const counts = await countFree(client)
  const limits = [
    { most: held + counts.free - reserve, why: 'the server has few connections left (max_connections)' },
    ...(counts.roleFree === null ? [] : [{ most: held + counts.roleFree, why: 'its role may hold no more' }]),
    ...(counts.databaseFree === null
      ? []
      : [{ most: held + counts.databaseFree, why: 'the database takes no more (CONNECTION LIMIT)' }]),
  ]
  const asked = Math.min(wanted, maxConnections)
  const tightest = limits.reduce((least, limit) => (limit.most < least.most ? limit : least))
  const connections = Math.max(held + 1, Math.min(asked, tightest.most))
  if (tightest.most >= asked) return { connections, warnings: [] }
  return {
    connections,
    warnings: [`The backup uses ${connections} connections instead of ${asked}: ${tightest.why}.`],
  }
}

async function countFree(client: ClientBase): Promise<Counts> {
  // Sessions of others are counted for every role; their kind is only shown to those who may see it.
  const { rows } = await client.query<Record<string, number | boolean>>(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int AS most,
            (SELECT count(*)::int FROM pg_stat_activity
              WHERE datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend') AS used,
            r.rolsuper AS superuser, r.rolconnlimit AS role_limit, d.datconnlimit AS database_limit,
            (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = r.oid AND a.datid IS NOT NULL) AS role_used,
            (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datid = d.oid) AS database_used
       FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()`,
  )
  const row = rows[0] ?? {}
  const limited = (limit: unknown, used: unknown) =>
    row.superuser === true || Number(limit ?? -1) < 0 ? null : Number(limit) - Number(used)
  return {
    free: Number(row.most ?? 0) - Number(row.used ?? 0),
    roleFree: limited(row.role_limit, row.role_used),
    databaseFree: limited(row.database_limit, row.database_used),
  }
}
