import type { Actor } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { createJob } from '../job/create-job'

/**
 * The job that stores one copy; there is one at a time. A worker that dies under it is made up for by the queue; a copy
 * that fails is tried again when its row says so. Throws `already-running`.
 */
export function createCopyJob(
  ctx: { actor: Actor },
  tx: Tx,
  copy: { backupId: string; destinationId: string; sourceId: string },
): Promise<JobModel> {
  return createJob(ctx, tx, {
    kind: 'copy',
    input: { destinationId: copy.destinationId },
    sourceId: copy.sourceId,
    backupId: copy.backupId,
    destinationIds: [copy.destinationId],
    maxAttempts: 3,
    exclusiveKey: `${copy.backupId}:${copy.destinationId}`,
  })
}
