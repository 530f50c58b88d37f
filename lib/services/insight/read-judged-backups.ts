import { baselineBackups } from '@/lib/core/insight/baseline'
import type { JudgedBackup } from '@/lib/core/insight/find-anomalies'
import type { Tx } from '@/lib/db/client'

export type DatedBackup = JudgedBackup & { startedAt: Date }

/**
 * A source's newest good backups of one kind, newest first: that of `upTo` (null: the newest there is) and those before
 * it, enough for a baseline. Deleted ones count too: what is usual does not change with what is kept.
 */
export async function readJudgedBackups(
  tx: Tx,
  input: { sourceId: string; upTo: string | null },
): Promise<DatedBackup[]> {
  return tx.$queryRaw<DatedBackup[]>`
    WITH latest AS (
      SELECT id, kind, started_at FROM backup_history
      WHERE source_id = ${input.sourceId}::uuid AND status IN ('succeeded', 'partial') AND NOT sample
        AND (${input.upTo}::uuid IS NULL OR id = ${input.upTo}::uuid)
      ORDER BY started_at DESC, id DESC LIMIT 1
    )
    SELECT b.id, b.started_at AS "startedAt", b.source_bytes::float8 AS "sourceBytes",
      b.stored_bytes::float8 AS "storedBytes", b.duration_ms AS "durationMs", b.row_estimate::float8 AS "rowEstimate",
      b.table_count AS "tableCount", COALESCE(b.manifest #> '{facts,tables}', b.manifest #> '{engineFacts,tables}') AS tables,
      (b.manifest #>> '{parts,0,compression}') || '+' ||
        COALESCE(b.manifest #>> '{encryption,format}', b.manifest #>> '{parts,0,encryption}', 'none') AS encoding
    FROM latest JOIN backup_history b ON b.kind = latest.kind AND b.source_id = ${input.sourceId}::uuid
      AND (b.started_at, b.id) <= (latest.started_at, latest.id)
    WHERE b.status IN ('succeeded', 'partial') AND NOT b.sample
    ORDER BY b.started_at DESC, b.id DESC LIMIT ${baselineBackups + 1}`
}
