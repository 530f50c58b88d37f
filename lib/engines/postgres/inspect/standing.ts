import type { ClientBase } from 'pg'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { TargetStanding } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import { withMaintenance } from '@/lib/engines/postgres/connect/connect'
import { readIdentity, type ServerIdentity } from '@/lib/engines/postgres/connect/server-facts'

const limitMs = 15_000

/** What restored code could do with this role, and whether the server is the one that holds the lock. */
export function standing(
  source: SourceSpec,
  lock: readonly [number, number],
  run: RunContext,
): Promise<TargetStanding> {
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(limitMs)])
  return withMaintenance(source, signal, async (client) => {
    await client.query('SET statement_timeout = 8000')
    const identity = await readIdentity(client)
    return { user: identity.user, reach: await reachOf(client, identity), holdsLock: await holdsLock(client, lock) }
  })
}

/** Locks of all databases of a server are shown to every role; two keys make `objsubid` 2. */
async function holdsLock(client: ClientBase, [first, second]: readonly [number, number]): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_catalog.pg_locks
      WHERE locktype = 'advisory' AND classid = $1::bigint::oid AND objid = $2::bigint::oid AND objsubid = 2`,
    [first, second],
  )
  return (rowCount ?? 0) > 0
}

/** Roles of the server's own whose members run programs, and read or write files, as the server's system user. */
const outside = ['pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files']

async function reachOf(client: ClientBase, identity: ServerIdentity): Promise<string | null> {
  if (identity.superuser) return 'is superuser'
  const { rows } = await client.query<{ role: string }>(
    `SELECT rolname::text AS role FROM pg_catalog.pg_roles
      WHERE (rolsuper OR rolname = ANY($1)) AND pg_catalog.pg_has_role(oid, 'MEMBER') ORDER BY rolsuper DESC, 1`,
    [outside],
  )
  if (rows[0]) return `is a member of ${rows[0].role}`
  // Until 16, a role that creates roles may make itself a member of any that is not superuser.
  if (identity.createRole && identity.major < 16) return 'may create roles, and so join any'
  return null
}
