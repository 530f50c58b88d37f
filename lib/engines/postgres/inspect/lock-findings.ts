import type { ClientBase } from 'pg'
import type { Finding } from '@/lib/contracts/source'

export const locksRemedy =
  'Raise max_locks_per_transaction in postgresql.conf of the server and restart it; the test of the connection says to what.'

/** Below this share of the places others have room, too. */
const tight = 0.8
/** The server has some shared memory to spare beside what it reserved for locks. */
const hopeless = 1.25

/**
 * Whether the server can lock every table of the database at once, as pg_dump does. Places are shared by all sessions:
 * `max_locks_per_transaction` for each that there may be (chapter "Lock Management" of PostgreSQL's manual).
 */
export async function lockFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ tables: number; each: number; sessions: number }>(
    `SELECT (SELECT count(*)::int FROM pg_class WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND oid >= 16384) AS tables,
            current_setting('max_locks_per_transaction')::int AS each,
            (SELECT sum(setting::int)::int + 1 FROM pg_settings
              WHERE name IN ('max_connections', 'max_prepared_transactions', 'autovacuum_max_workers',
                             'max_worker_processes', 'max_wal_senders')) AS sessions`,
  )
  const { tables, each, sessions } = rows[0] ?? { tables: 0, each: 1, sessions: 1 }
  const places = each * sessions
  if (tables <= places * tight) return []
  const needed = Math.ceil((tables * 1.5) / sessions / 64) * 64
  const cannot = tables > places * hopeless
  return [
    {
      severity: cannot ? 'error' : 'warning',
      code: 'too-many-tables',
      message: `A backup locks ${tables} tables at once; the server has room for about ${places} locks of all its sessions.`,
      remedy: `Set max_locks_per_transaction = ${needed} on the server and restart it.`,
      sql: `ALTER SYSTEM SET max_locks_per_transaction = ${needed};`,
    },
  ]
}
