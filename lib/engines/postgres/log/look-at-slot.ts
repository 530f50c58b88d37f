import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import type { LogKeeping } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { slotName } from './slot'

const statementTimeoutMs = 5_000
const limitName = 'max_slot_wal_keep_size'

interface Row {
  position: string
  /** In MB; -1: no limit. */
  limit_mb: number | null
  found: boolean
  restart: string | null
  status: string | null
  safe: number | null
  reason: string | null
  active: boolean
  reader: string | null
}

/**
 * What `pg_replication_slots` says of the source's slot. Columns that came with later versions are read by name from the row as JSON:
 * where there is none, nothing is known. A slot whose `wal_status` is `unreserved` loses its log with the next checkpoint.
 */
export async function lookAtSlot(source: SourceSpec, run: RunContext): Promise<LogKeeping> {
  const [row] = await withConnection(source, run.signal, async (client) => {
    await client.query(`SET statement_timeout = ${statementTimeoutMs}`)
    const { rows } = await client
      .query<Row>(
        `SELECT coalesce(CASE WHEN pg_catalog.pg_is_in_recovery()
                           THEN coalesce(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
                           ELSE pg_catalog.pg_current_wal_flush_lsn() END, '0/0')::text AS position,
                (SELECT setting::float8 FROM pg_catalog.pg_settings WHERE name = $2) AS limit_mb,
                s.slot_name IS NOT NULL AS found, s.restart_lsn::text AS restart, s.wal_status AS status,
                s.safe_wal_size::float8 AS safe, pg_catalog.to_jsonb(s) ->> 'invalidation_reason' AS reason,
                coalesce(s.active, false) AS active, a.application_name AS reader
           FROM (SELECT 1) one
           LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = $1
           LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid`,
        [slotName(source.id), limitName],
      )
      .catch((error: unknown) => {
        throw classifyQueryError(error)
      })
    return rows
  })
  return {
    position: row?.position ?? '0/0',
    keptFrom: row?.restart ?? null,
    state: row ? stateOf(row) : 'absent',
    because: row?.reason ?? null,
    spareBytes: row?.safe ?? null,
    limitBytes: row && row.limit_mb !== null && row.limit_mb >= 0 ? row.limit_mb * 1024 ** 2 : null,
    limitName,
    reader: row?.active === true ? (row.reader ?? '') : null,
  }
}

function stateOf({ found, restart, status, reason }: Row): LogKeeping['state'] {
  if (!found) return 'absent'
  if (status === 'lost' || reason !== null || restart === null) return 'lost'
  return status === 'unreserved' ? 'doomed' : 'kept'
}
