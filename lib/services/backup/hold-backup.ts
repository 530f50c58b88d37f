import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { found } from '../not-found'

/**
 * Locks a backup's row until the transaction ends, so that retention cannot mark it while a job that uses it is being
 * made: retention waits, then sees the job (fault 77). Throws `not-found` when it is deleted already.
 */
export async function holdBackup(tx: Tx, id: string): Promise<void> {
  const [row] = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
    SELECT id FROM backup_history WHERE id = ${id}::uuid AND deleted_at IS NULL FOR SHARE`)
  found(row ?? null, 'backup')
}
