import { copyStateSchema, type CopyState } from '@/lib/contracts/backup'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'

export interface ClaimedCopy {
  id: string
  /** What it was before it became `uploading`. */
  was: CopyState
  attempts: number
}

/**
 * Takes a copy for a copy job: from here on it is `uploading`, and nobody else removes or writes its objects (whoever
 * removes them holds the row's lock meanwhile). Null when it is stored already.
 */
export async function claimCopy(
  tx: Tx,
  input: { backupId: string; destinationId: string },
): Promise<ClaimedCopy | null> {
  const { backupId, destinationId } = input
  await tx.backupCopy.upsert({
    where: { backupId_destinationId: { backupId, destinationId } },
    create: { backupId, destinationId, state: 'pending' },
    update: {},
  })
  const rows = await tx.$queryRaw<{ id: string; state: string }[]>`
    SELECT id, state FROM backup_copy
    WHERE backup_id = ${backupId}::uuid AND destination_id = ${destinationId}::uuid FOR UPDATE`
  const row = rows[0]
  if (!row || row.state === 'stored') return null
  const { attempts } = await tx.backupCopy.update({
    where: { id: row.id },
    data: {
      state: 'uploading',
      storedBytes: 0,
      storedAt: null,
      verifiedAt: null,
      storageClass: null,
      attempts: { increment: 1 },
      retryAt: null,
      error: Prisma.DbNull,
      deletedAt: null,
      deleteAfter: null,
      deleteReason: null,
    },
  })
  return { id: row.id, was: copyStateSchema.parse(row.state), attempts }
}
