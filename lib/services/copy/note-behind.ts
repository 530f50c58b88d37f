import type { Failure } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'

/** Notes of a copy that its backup does not wait for it any more, and why: it waits for a copy job. */
export async function noteBehind(
  tx: Tx,
  input: { backupId: string; destinationId: string; reason: Failure | null },
): Promise<void> {
  const { backupId, destinationId, reason } = input
  await tx.backupCopy.update({
    where: { backupId_destinationId: { backupId, destinationId } },
    data: { state: 'pending', error: reason ? toJson(reason) : Prisma.DbNull, retryAt: null },
  })
}
