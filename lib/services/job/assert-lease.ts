import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import type { ClaimedJob } from './claim-next-job'

/**
 * Locks the job's row and throws `lease-lost` unless this claim still holds it. Call it first in every transaction that
 * commits a run's results, and before the manifest is written. Answers whether its cancellation was requested meanwhile.
 */
export async function assertLease(tx: Tx, job: ClaimedJob): Promise<{ cancelRequested: boolean }> {
  const rows = await tx.$queryRaw<{ fence: number; state: string; cancelRequested: boolean }[]>`
    SELECT fence, state, cancel_requested_at IS NOT NULL AS "cancelRequested" FROM job WHERE id = ${job.id}::uuid FOR UPDATE`
  const held = rows[0]
  if (held && held.fence === job.fence && held.state === 'running') return { cancelRequested: held.cancelRequested }
  throw new HoldfastError(
    'lease-lost',
    'This run was given up for dead and its job was taken over; its result is discarded.',
  )
}
