import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'

/**
 * Locks these backups' rows and answers those that no job waits for or uses (fault 77). Starting such a job locks the row
 * too (`holdBackup`), so either the job is seen here, or it finds the backup deleted.
 */
export async function lockUnused(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  await tx.$queryRaw(Prisma.sql`
    SELECT id FROM backup_history WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR UPDATE`)
  const jobs = await tx.job.findMany({
    where: { backupId: { in: [...ids] }, state: { in: ['queued', 'running'] } },
    select: { backupId: true },
  })
  const used = new Set(jobs.map((job) => job.backupId))
  return new Set(ids.filter((id) => !used.has(id)))
}
