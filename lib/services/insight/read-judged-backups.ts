import { knownContract } from '@/lib/contracts/engines/index'
import { measuresSchema } from '@/lib/contracts/repository/measure'
import { baselineBackups } from '@/lib/core/insight/baseline'
import type { JudgedBackup } from '@/lib/core/insight/judged-backup'
import type { Tx } from '@/lib/db/client'

export type DatedBackup = JudgedBackup & { startedAt: Date }
type Row = Omit<DatedBackup, 'measures' | 'containers'> & { engine: string; measures: unknown; facts: unknown }

/**
 * A source's newest good backups of one kind, newest first: that of `upTo` (null: the newest there is) and those before
 * it, enough for a baseline. Deleted ones count too: what is usual does not change with what is kept. Names of what holds
 * the data are those of the newest two: only they are compared.
 */
export async function readJudgedBackups(
  tx: Tx,
  input: { sourceId: string; upTo: string | null },
): Promise<DatedBackup[]> {
  const rows = await tx.$queryRaw<Row[]>`
    WITH latest AS (
      SELECT id, kind, started_at FROM backup_history
      WHERE source_id = ${input.sourceId}::uuid AND status IN ('succeeded', 'partial') AND NOT sample
        AND (${input.upTo}::uuid IS NULL OR id = ${input.upTo}::uuid)
      ORDER BY started_at DESC, id DESC LIMIT 1
    ), compared AS (
      SELECT b.* FROM latest JOIN backup_history b ON b.kind = latest.kind AND b.source_id = ${input.sourceId}::uuid
        AND (b.started_at, b.id) <= (latest.started_at, latest.id)
      WHERE b.status IN ('succeeded', 'partial') AND NOT b.sample
      ORDER BY b.started_at DESC, b.id DESC LIMIT ${baselineBackups + 1}
    )
    SELECT b.id, b.started_at AS "startedAt", b.source_bytes::float8 AS "sourceBytes",
      b.stored_bytes::float8 AS "storedBytes", b.duration_ms AS "durationMs", b.measures, s.engine,
      CASE WHEN row_number() OVER (ORDER BY b.started_at DESC, b.id DESC) <= 2
        THEN COALESCE(b.manifest -> 'facts', b.manifest -> 'engineFacts') END AS facts,
      (b.manifest #>> '{parts,0,compression}') || '+' ||
        COALESCE(b.manifest #>> '{encryption,format}', b.manifest #>> '{parts,0,encryption}', 'none') AS encoding
    FROM compared b JOIN source s ON s.id = b.source_id
    ORDER BY b.started_at DESC, b.id DESC`
  return rows.map(({ engine, facts, ...row }) => ({
    ...row,
    measures: measuresSchema.parse(row.measures),
    containers: containersOf(engine, facts),
  }))
}

function containersOf(engine: string, facts: unknown): JudgedBackup['containers'] {
  const containers = knownContract(engine)?.containers
  const names = containers?.names(facts)
  return containers && names ? { measure: containers.measure, names } : null
}
