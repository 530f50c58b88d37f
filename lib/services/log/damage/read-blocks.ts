import type { Tx } from '@/lib/db/client'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogPlaceKey } from '../open-log'

/** Segments that are read, and noted as read, together. */
const segmentsOfOne = 64n

type Place = LogPlaceKey & { destinationId: string }

export type HeldSegment = Pick<
  LogSegmentModel,
  | 'number'
  | 'name'
  | 'fromOrder'
  | 'toOrder'
  | 'storedBytes'
  | 'storedSha256'
  | 'compression'
  | 'period'
  | 'indexNumber'
>

/**
 * The blocks of a timeline's segments that a destination has, each with when it was last known to be whole: read back, or written. `id` is
 * the number of the block.
 */
export async function readableBlocks(
  tx: Tx,
  { sourceId, identity, timeline, destinationId }: Place,
): Promise<{ id: string; storedBytes: number; readAt: Date }[]> {
  return tx.$queryRaw`
    SELECT b.block::text AS id, b.bytes AS "storedBytes", coalesce(r.read_at, b.stored_at) AS "readAt"
    FROM (
      SELECT (s.number / ${segmentsOfOne})::int AS block, sum(s.stored_bytes)::float8 AS bytes, min(s.stored_at) AS stored_at
      FROM log_range a JOIN log_segment s USING (source_id, identity, timeline)
      WHERE a.destination_id = ${destinationId}::uuid AND a.source_id = ${sourceId}::uuid
        AND a.identity = ${identity} AND a.timeline = ${timeline}
        AND a.from_order <= s.from_order AND a.to_order >= s.to_order
      GROUP BY 1) b
    LEFT JOIN log_reading r ON r.source_id = ${sourceId}::uuid AND r.identity = ${identity} AND r.timeline = ${timeline}
      AND r.destination_id = ${destinationId}::uuid AND r.block = b.block`
}

/** Those of a block that the destination has. */
export async function segmentsOfBlock(tx: Tx, place: Place, block: number): Promise<HeldSegment[]> {
  const { sourceId, identity, timeline, destinationId } = place
  const from = BigInt(block) * segmentsOfOne
  return tx.$queryRaw`
    SELECT s.number, s.name, s.from_order AS "fromOrder", s.to_order AS "toOrder", s.stored_bytes AS "storedBytes",
           s.stored_sha256 AS "storedSha256", s.compression, s.period, s.index_number AS "indexNumber"
    FROM log_segment s
    WHERE s.source_id = ${sourceId}::uuid AND s.identity = ${identity} AND s.timeline = ${timeline}
      AND s.number >= ${from} AND s.number < ${from + segmentsOfOne} AND EXISTS (
        SELECT FROM log_range r WHERE r.destination_id = ${destinationId}::uuid
          AND r.source_id = s.source_id AND r.identity = s.identity AND r.timeline = s.timeline
          AND r.from_order <= s.from_order AND r.to_order >= s.to_order)
    ORDER BY s.number`
}

/** All of a block was read. Forgets blocks that have expired. Nothing is noted of a timeline that is gone. */
export async function noteBlock(tx: Tx, place: Place, block: number, now: Date): Promise<void> {
  const { sourceId, identity, timeline, destinationId } = place
  await tx.$executeRaw`
    INSERT INTO log_reading (source_id, identity, timeline, destination_id, block, read_at)
    SELECT source_id, identity, timeline, ${destinationId}::uuid, ${block}, ${now}
    FROM log_timeline WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline}
    ON CONFLICT (source_id, identity, timeline, destination_id, block) DO UPDATE SET read_at = EXCLUDED.read_at`
  await tx.$executeRaw`
    DELETE FROM log_reading r
    WHERE r.source_id = ${sourceId}::uuid AND r.identity = ${identity} AND r.timeline = ${timeline}
      AND r.block < (SELECT min(s.number) / ${segmentsOfOne} FROM log_segment s
        WHERE s.source_id = r.source_id AND s.identity = r.identity AND s.timeline = r.timeline)`
}
