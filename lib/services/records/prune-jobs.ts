import type { Db } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'

interface Seen {
  id: string
  createdAt: Date
}

/**
 * Removes jobs, with their logs, that ended before `before`. Those stay that something on a page leads to: a kept backup,
 * a restore test, a restore, and the last job of a schedule. Walks from the oldest in steps of `batch`, so that no
 * statement holds rows for long however many have gathered. Answers how many went.
 */
export async function pruneJobs(db: Db, args: { before: Date; batch: number; signal: AbortSignal }): Promise<number> {
  const { before, batch, signal } = args
  let removed = 0
  let last: Seen | undefined
  do {
    signal.throwIfAborted()
    const after = last ? Prisma.sql`AND (created_at, id) > (${last.createdAt}, ${last.id}::uuid)` : Prisma.empty
    // Who ended before then began before then: the walk goes by an index that is there.
    const seen = await db.$queryRaw<Seen[]>`
      SELECT id, created_at AS "createdAt" FROM job WHERE created_at < ${before} ${after}
      ORDER BY created_at, id LIMIT ${batch}`
    removed += await db.$executeRaw`
      DELETE FROM job WHERE id = ANY(${seen.map(({ id }) => id)}::uuid[])
        AND state NOT IN ('queued', 'running') AND finished_at < ${before}
        AND NOT EXISTS (
          SELECT FROM backup_history b
          WHERE b.job_id = job.id AND b.deleted_at IS NULL AND b.status IN ('running', 'succeeded', 'partial'))
        AND NOT EXISTS (SELECT FROM restore_test t WHERE t.job_id = job.id)
        AND NOT EXISTS (SELECT FROM restore r WHERE r.job_id = job.id)
        AND NOT EXISTS (
          SELECT FROM schedule s WHERE s.id = job.schedule_id AND s.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM job newer WHERE newer.schedule_id = job.schedule_id AND newer.created_at > job.created_at))`
    last = seen.length < batch ? undefined : seen.at(-1)
  } while (last)
  return removed
}
