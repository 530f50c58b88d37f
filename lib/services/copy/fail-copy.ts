import type { Failure } from '@/lib/contracts/common'
import { isBehind } from '@/lib/core/copy/behind'
import { copyRetryMs } from '@/lib/core/copy/copy-retry'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { updatePartialBackup } from './update-partial-backup'

/**
 * Notes that a copy could not be stored and when it is tried again. One that was not begun (`uploading`) keeps its state:
 * a damaged copy stays a damaged one until there is something better. One that its backup did not wait for waits again when
 * only the worker ended: nothing went wrong with it. `retry` false: a person stopped it.
 */
export async function failCopy(
  tx: Tx,
  input: { backupId: string; destinationId: string; failure: Failure; retry: boolean; now: Date },
): Promise<void> {
  const { backupId, destinationId, failure, now } = input
  const copy = await tx.backupCopy.findUnique({
    where: { backupId_destinationId: { backupId, destinationId } },
  })
  if (!copy || copy.state === 'stored' || copy.state === 'deleted') return
  const begun = copy.state === 'uploading' || copy.state === 'pending'
  const attempts = copy.state === 'uploading' ? copy.attempts : copy.attempts + 1
  const waits = input.retry && failure.code === 'interrupted' && isBehind(copy)
  await tx.backupCopy.update({
    where: { id: copy.id },
    data: {
      ...(waits ? { state: 'pending' } : begun ? { state: 'failed', error: toJson(failure) } : {}),
      attempts,
      retryAt: input.retry ? new Date(now.getTime() + copyRetryMs(attempts)) : null,
    },
  })
  await updatePartialBackup(tx, { backupId, now })
}
