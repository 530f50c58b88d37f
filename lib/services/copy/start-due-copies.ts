import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { createCopyJob } from './create-copy-job'

/** Many at once would only wait for each other. */
const atOnce = 50

/**
 * Starts the copy jobs that are due: copies that failed, are missing or damaged, or wait again, and of which a good copy lies elsewhere.
 * Every worker asks; the queue takes each copy once. Answers how many were started.
 */
export async function startDueCopies(args: { ctx: ServiceContext; now: Date }): Promise<number> {
  const { ctx, now } = args
  const due = await ctx.db.$queryRaw<{ backupId: string; destinationId: string; sourceId: string }[]>`
    SELECT copy.backup_id AS "backupId", copy.destination_id AS "destinationId", backup.source_id AS "sourceId"
    FROM backup_copy AS copy
    JOIN backup_history AS backup ON backup.id = copy.backup_id
    JOIN destination ON destination.id = copy.destination_id
    WHERE copy.retry_at <= ${now} AND copy.state IN ('failed', 'missing', 'damaged', 'pending')
      AND backup.status IN ('succeeded', 'partial') AND backup.deleted_at IS NULL AND NOT backup.sample
      AND destination.deleted_at IS NULL
      AND EXISTS (
        SELECT FROM backup_copy AS good JOIN destination AS place ON place.id = good.destination_id
        WHERE good.backup_id = copy.backup_id AND good.id <> copy.id AND good.state = 'stored'
          AND place.deleted_at IS NULL)
      AND NOT EXISTS (
        SELECT FROM job WHERE job.kind = 'copy' AND job.state IN ('queued', 'running')
          AND job.backup_id = copy.backup_id AND job.input ->> 'destinationId' = copy.destination_id::text)
    ORDER BY copy.retry_at
    LIMIT ${atOnce}`
  let started = 0
  for (const copy of due) {
    try {
      await ctx.db.$transaction((tx) => createCopyJob(ctx, tx, copy))
      started += 1
    } catch (error) {
      // Another worker was quicker.
      if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
    }
  }
  return started
}
