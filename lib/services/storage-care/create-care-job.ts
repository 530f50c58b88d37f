import type { Actor } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { createJob } from '../job/create-job'

/** A regular look at one destination; one of a kind at a time. Throws `already-running`. */
export function createCareJob(
  ctx: { actor: Actor },
  tx: Tx,
  care: { kind: 'inventory' | 'reverify'; destinationId: string; input?: Record<string, unknown> },
): Promise<JobModel> {
  return createJob(ctx, tx, {
    kind: care.kind,
    input: { destinationId: care.destinationId, ...care.input },
    maxAttempts: 3,
    exclusiveKey: care.destinationId,
  })
}
