import type { Db } from '@/lib/db/client'

/** A follower that has not been heard of for this long is dead: another worker takes its stream over. */
export const streamLeaseMs = 20_000

/** A source's log, held by this worker under a fencing number. */
export interface ClaimedStream {
  sourceId: string
  fence: number
  /** Switched off: what the server keeps for it is to be removed, and then the stream. */
  ending: boolean
}

/**
 * Takes up to `limit` streams that nobody follows: new ones, those whose next attempt is due, and those whose worker is silent, by
 * the catalog's clock. A claim raises the fence, so a follower that was only slow commits nothing more.
 */
export async function claimStreams(db: Db, input: { workerId: string; limit: number }): Promise<ClaimedStream[]> {
  return db.$queryRaw<ClaimedStream[]>`
    UPDATE log_stream SET worker_id = ${input.workerId}::uuid, fence = fence + 1, heartbeat_at = clock_timestamp()
    WHERE source_id IN (
      SELECT source_id FROM log_stream
      WHERE (worker_id IS NULL OR heartbeat_at < clock_timestamp() - ${streamLeaseMs} * interval '1 ms')
        AND (retry_at IS NULL OR retry_at <= clock_timestamp())
      ORDER BY heartbeat_at NULLS FIRST LIMIT ${input.limit} FOR UPDATE SKIP LOCKED)
    RETURNING source_id AS "sourceId", fence, state = 'ending' AS ending`
}
