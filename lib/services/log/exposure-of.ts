import { exposureMs } from '@/lib/core/recovery/exposure'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import { streamLeaseMs } from './claim-streams'

/** What would be lost with the server now; null while nobody knows. */
export function exposureOf(stream: LogStreamModel, now: Date): number | null {
  const { heartbeatAt, unstoredSince, coveredUntil, lastCommitAt, workerId, state } = stream
  const isHeard = workerId !== null && heartbeatAt !== null && now.getTime() - heartbeatAt.getTime() < streamLeaseMs
  const clearAt =
    coveredUntil && lastCommitAt && lastCommitAt > coveredUntil ? lastCommitAt : (coveredUntil ?? lastCommitAt)
  return exposureMs(
    { oldestUnstoredCommitAt: unstoredSince, isConnected: isHeard && state === 'streaming', clearAt },
    now,
  )
}
