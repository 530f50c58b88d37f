import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { resolveDamage } from '../storage-care/record-finding'
import { updatePartialBackup } from './update-partial-backup'

/** Writes that a copy was stored and confirmed, and what that makes of its backup. */
export async function finishCopy(
  tx: Tx,
  input: { copyId: string; storedBytes: number; wrappedFor: string[]; now: Date },
): Promise<void> {
  const { copyId, storedBytes, wrappedFor, now } = input
  const copy = await tx.backupCopy.update({
    where: { id: copyId },
    data: { state: 'stored', storedBytes, wrappedFor, storedAt: now, retryAt: null, error: Prisma.DbNull },
    include: { backup: { select: { id: true, sourceId: true } } },
  })
  await updatePartialBackup(tx, { backupId: copy.backup.id, now })
  await resolveDamage(tx, { destinationId: copy.destinationId, sourceId: copy.backup.sourceId, now })
}
