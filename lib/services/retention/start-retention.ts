import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'

/** Has a worker apply these sources' retention soon; where the same is waiting already, that one serves. */
export async function startRetention(ctx: ServiceContext, sourceIds: readonly string[]): Promise<void> {
  for (const sourceId of sourceIds) {
    try {
      await ctx.db.$transaction((tx) =>
        createJob(ctx, tx, { kind: 'retention', input: {}, sourceId, maxAttempts: 3, exclusiveKey: sourceId }),
      )
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
    }
  }
}
