import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { quoteLiteral } from '@/lib/engines/postgres/connect/quote'

interface Holder {
  table: string
  /** Null: a prepared transaction, which has no process. */
  pid: number | null
  user: string | null
  since: Date | null
  gid: string | null
}

const inWords = ({ pid, gid, user }: Holder) =>
  gid === null ? `process ${pid} of user ${user}` : `the prepared transaction '${gid}' of user ${user}`

/** A prepared transaction ends by no waiting and no restart. */
function remedyOf({ gid }: Holder, error: HoldfastError): { remedy?: string } {
  const remedy =
    gid === null
      ? error.remedy
      : `It stays until somebody ends it, also over a restart: COMMIT PREPARED ${quoteLiteral(gid)} or ROLLBACK PREPARED ${quoteLiteral(gid)}, in this database.`
  return remedy === undefined ? {} : { remedy }
}

/** Adds to a `lock-timeout` who holds the lock, as long as the server can still tell; any other error is left alone. */
export async function nameLocks(error: unknown, source: SourceSpec): Promise<unknown> {
  if (!(error instanceof HoldfastError) || error.code !== 'lock-timeout') return error
  try {
    const holders = await withConnection(source, AbortSignal.timeout(5_000), async (client) => {
      const { rows } = await client.query<Holder>(
        `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table, l.pid,
                coalesce(a.usename, p.owner)::text AS user, coalesce(a.xact_start, p.prepared) AS since, p.gid
           FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
           LEFT JOIN pg_stat_activity a ON a.pid = l.pid
           LEFT JOIN pg_locks t ON l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid'
             AND t.virtualtransaction = l.virtualtransaction
           LEFT JOIN pg_prepared_xacts p ON p.transaction = t.transactionid
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
      `The backup gave up waiting for a lock on ${names}, held by ${inWords(first)}.`,
      { ...remedyOf(first, error), facts: { ...error.facts, holders }, transient: true, cause: error },
    )
  } catch {
    return error
  }
}
