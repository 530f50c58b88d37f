import { recordCutoffs, type RecordCutoffs } from '@/lib/core/records/record-cutoffs'
import { Prisma } from '@/lib/db/generated/client'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { pruneJobs } from './prune-jobs'

/** Rows that one statement removes at most: nothing else waits long for it. */
const batchRows = 1_000

/** How many rows went, by table. */
export type PrunedRecords = Record<'jobs' | 'alerts' | 'sessions' | 'invitations' | 'approvals' | 'workers', number>

/**
 * Removes what ended longer ago than the settings keep it, so that the catalog does not grow without limit: finished jobs,
 * ended alerts with their deliveries, sessions, invitations and approvals that are no good any more, workers that are gone.
 * Never the audit log, a backup's row, or what proves a backup. Every worker may call it at any time.
 */
export async function pruneRecords(args: {
  ctx: Pick<ServiceContext, 'db' | 'logger'>
  now: Date
  signal: AbortSignal
  batch?: number
}): Promise<PrunedRecords> {
  const { ctx, now, signal, batch = batchRows } = args
  const { records } = await readOperations(ctx.db)
  const cutoffs = recordCutoffs(records, now)
  const pruned = { jobs: await pruneJobs(ctx.db, { before: cutoffs.jobs, batch, signal }), ...nothing }
  for (const table of plain) {
    let gone: number
    do {
      signal.throwIfAborted()
      gone = await ctx.db.$executeRaw(removal(table, cutoffs, batch))
      pruned[table] += gone
    } while (gone === batch)
  }
  if (Object.values(pruned).some((count) => count > 0)) ctx.logger.info('old records were removed', { ...pruned })
  return pruned
}

const plain = ['alerts', 'sessions', 'invitations', 'approvals', 'workers'] as const
const nothing = { alerts: 0, sessions: 0, invitations: 0, approvals: 0, workers: 0 }

function removal(table: (typeof plain)[number], before: RecordCutoffs, batch: number): Prisma.Sql {
  const limit = Prisma.sql`LIMIT ${batch}`
  switch (table) {
    case 'alerts':
      return Prisma.sql`
        DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE resolved_at < ${before.alerts} ${limit})`
    case 'sessions':
      return Prisma.sql`
        DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < ${before.access} ${limit})`
    case 'invitations':
      return Prisma.sql`
        DELETE FROM invitation WHERE id IN (SELECT id FROM invitation WHERE expires_at < ${before.access} ${limit})`
    case 'approvals':
      return Prisma.sql`
        DELETE FROM approval WHERE id IN (SELECT id FROM approval WHERE expires_at < ${before.access} ${limit})`
    case 'workers':
      // One that still holds a job is needed to see that the job was lost.
      return Prisma.sql`
        DELETE FROM worker WHERE id IN (
          SELECT id FROM worker w WHERE heartbeat_at < ${before.workers}
            AND (stopped_at IS NULL OR stopped_at < ${before.workers})
            AND NOT EXISTS (SELECT FROM job WHERE job.worker_id = w.id AND job.state = 'running') ${limit})`
  }
}
