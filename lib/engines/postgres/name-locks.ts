import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/engine'
import { withConnection } from './connect'

/** Adds to a `lock-timeout` who holds the lock, as long as the server can still tell; any other error is left alone. */
export async function nameLocks(error: unknown, source: SourceSpec): Promise<unknown> {
  if (!(error instanceof HoldfastError) || error.code !== 'lock-timeout') return error
  try {
    const holders = await withConnection(source, AbortSignal.timeout(5_000), async (client) => {
      const { rows } = await client.query<{ table: string; pid: number; user: string; since: Date }>(
        `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table, l.pid, a.usename::text AS user,
                a.xact_start AS since
           FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
           LEFT JOIN pg_stat_activity a ON a.pid = l.pid
          WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          LIMIT 20`,
      )
      return rows
    })
    const first = holders[0]
    if (!first) return error
    const names = [...new Set(holders.map((holder) => holder.table))].join(', ')
    return new HoldfastError(
      'lock-timeout',
      `The backup gave up waiting for a lock on ${names}, held by process ${first.pid} of user ${first.user}.`,
      { remedy: error.remedy, facts: { ...error.facts, holders }, transient: true, cause: error },
    )
  } catch {
    return error
  }
}
