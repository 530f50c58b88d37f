import type { Failure } from '@/lib/contracts/common'
import { logRetryMs } from '@/lib/core/log/retry-delay'
import type { Db } from '@/lib/db/client'
import type { ClaimedStream } from './claim-streams'

/**
 * Gives a stream back. With a failure it is tried again after a while that grows; without one at once, by whichever worker comes
 * first. Nothing happens when another worker has it by now.
 */
export async function releaseStream(
  db: Db,
  { sourceId, fence }: ClaimedStream,
  failure: Failure | null,
): Promise<void> {
  const [row] = await db.$queryRaw<{ failures: number }[]>`
    SELECT failures FROM log_stream WHERE source_id = ${sourceId}::uuid AND fence = ${fence}`
  if (!row) return
  const delayMs = failure ? logRetryMs(row.failures) : 0
  await db.$executeRaw`
    UPDATE log_stream SET worker_id = NULL,
      state = CASE WHEN state = 'ending' THEN state ELSE ${failure ? 'waiting' : 'starting'} END,
      error = ${failure ? JSON.stringify(failure) : null}::jsonb,
      failures = ${failure ? row.failures + 1 : 0},
      retry_at = clock_timestamp() + ${delayMs} * interval '1 ms'
    WHERE source_id = ${sourceId}::uuid AND fence = ${fence}`
}
