import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Db, Tx } from '@/lib/db/client'
import type { ClaimedStream } from './claim-streams'

/** What a follower knows at this moment; null: nothing yet. Times are the server's. */
export interface StreamFacts {
  serverPosition: string | null
  receivedPosition: string | null
  lagBytes: bigint | null
  unstoredSince: Date | null
  coveredUntil: Date | null
}

/**
 * Says that a stream is still followed, and how far it is. Answers what is wanted of it; null when another worker has it by now, or
 * it is gone.
 */
export async function beatStream(
  db: Db,
  { sourceId, fence }: ClaimedStream,
  facts: StreamFacts,
): Promise<{ wantedOrder: bigint | null; ending: boolean } | null> {
  const [row] = await db.$queryRaw<{ wantedOrder: bigint | null; ending: boolean }[]>`
    UPDATE log_stream SET heartbeat_at = clock_timestamp(),
      server_position = COALESCE(${facts.serverPosition}, server_position),
      received_position = COALESCE(${facts.receivedPosition}, received_position),
      lag_bytes = COALESCE(${facts.lagBytes}::bigint, lag_bytes),
      unstored_since = ${facts.unstoredSince}::timestamptz,
      covered_until = GREATEST(covered_until, ${facts.coveredUntil}::timestamptz)
    WHERE source_id = ${sourceId}::uuid AND fence = ${fence}
    RETURNING wanted_order AS "wantedOrder", state = 'ending' AS ending`
  return row ?? null
}

/** Locks the stream's row and throws `lease-lost` unless this claim still holds it. First in every transaction that records log. */
export async function assertStream(tx: Tx, { sourceId, fence }: ClaimedStream): Promise<void> {
  const rows = await tx.$queryRaw<{ fence: number }[]>`
    SELECT fence FROM log_stream WHERE source_id = ${sourceId}::uuid FOR UPDATE`
  if (rows[0]?.fence === fence) return
  throw new HoldfastError('lease-lost', 'The log of this source is followed by another worker by now.')
}
