import { isBehind } from '@/lib/core/copy/behind'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { lockObjects } from './lock-objects'

/**
 * Has a copy job wait until nobody removes the copy's objects any more; makes the row of a copy that is new. Answers its
 * id. To be called first in the transaction that claims it: it locks no row while it waits.
 */
export async function awaitCopy(tx: Tx, where: { backupId: string; destinationId: string }): Promise<string> {
  // Not an upsert, which locks a row that is there.
  await tx.backupCopy.createMany({ data: [{ ...where, state: 'pending' }], skipDuplicates: true })
  const { id } = await tx.backupCopy.findUniqueOrThrow({
    where: { backupId_destinationId: where },
    select: { id: true },
  })
  await lockObjects(tx, id)
  return id
}

/**
 * Takes a copy for a copy job: from here on it is `uploading`, and nobody else removes or writes its objects. False when
 * it is stored already. One that its backup did not wait for goes on saying why.
 */
export async function claimCopy(tx: Tx, id: string): Promise<boolean> {
  const { state, error } = await tx.backupCopy.findUniqueOrThrow({
    where: { id },
    select: { state: true, error: true },
  })
  const { count } = await tx.backupCopy.updateMany({
    where: { id, state: { not: 'stored' } },
    data: {
      state: 'uploading',
      storedBytes: 0,
      storedAt: null,
      verifiedAt: null,
      storageClass: null,
      attempts: { increment: 1 },
      retryAt: null,
      ...(isBehind({ state, error }) ? {} : { error: Prisma.DbNull }),
      deletedAt: null,
      deleteAfter: null,
      deleteReason: null,
    },
  })
  return count > 0
}
