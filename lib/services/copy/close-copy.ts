import { z } from 'zod'
import type { Failure } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import { failCopy } from './fail-copy'

const inputSchema = z.object({ destinationId: z.uuid() })

/** Closes the copy that a copy job left open. One that a person cancelled is not retried automatically. */
export async function closeCopy(
  tx: Tx,
  jobId: string,
  end: { state: 'failed' | 'cancelled' | 'interrupted'; failure: Failure; now: Date },
): Promise<void> {
  const job = await tx.job.findUnique({ where: { id: jobId }, select: { kind: true, input: true, backupId: true } })
  if (job?.kind !== 'copy' || !job.backupId) return
  const { destinationId } = inputSchema.parse(job.input)
  const { failure, now } = end
  await failCopy(tx, { backupId: job.backupId, destinationId, failure, retry: end.state !== 'cancelled', now })
}
