import { jobKinds, jobKindSchema, type JobKind } from '@/lib/contracts/job'
import { countsGlobally, fullLoads, type FullLoads } from '@/lib/core/job/limits'
import { windowWords } from '@/lib/core/schedule/plan-start'
import { windowOpensAt } from '@/lib/core/schedule/work-window'
import { catalogNow } from '@/lib/db/catalog-now'
import type { Db, Tx } from '@/lib/db/client'
import type { JobModel } from '@/lib/db/generated/models/Job'
import { readOperations } from '../operations/read-operations'
import { jobRules } from './job-rules'
import { readRunningLoads } from './read-running-loads'

/** A job held by this worker under a fencing token. */
export type ClaimedJob = JobModel & { workerId: string }

/** Orders everyone who counts what runs before something begins: with it, no limit is passed by two at once. */
export const limitsLock = 728_004

/**
 * Takes the oldest job of the kind that is due and fits into the limits, by the catalog's clock: it becomes `running` under
 * a new fencing token. One whose window is closed is put off until it opens, without using up an attempt. Null when there
 * is none. A job that finds a limit full stays as it is and is found again when there is room.
 */
export async function claimNextJob(db: Db, input: { kind: JobKind; workerId: string }): Promise<ClaimedJob | null> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${limitsLock})::text`
      const { limits } = await readOperations(tx)
      const full = fullLoads(limits, await readRunningLoads(tx))
      if (full.global && countsGlobally(input.kind)) return null
      for (;;) {
        const now = await catalogNow(tx)
        const next = await findNext(tx, input.kind, full, now)
        if (!next) return null
        const { window, timeZone } = jobRules(next.input)
        const opens = window ? windowOpensAt(window, timeZone, now) : now
        if (window && opens > now) {
          const waitReason = `It waits for its window, ${windowWords(window)} ${timeZone}.`
          await tx.job.update({ where: { id: next.id }, data: { startAfter: opens, waitReason } })
          continue
        }
        const job = await tx.job.update({
          where: { id: next.id },
          data: {
            state: 'running',
            workerId: input.workerId,
            fence: { increment: 1 },
            attempt: { increment: 1 },
            startedAt: now,
            startAfter: null,
            waitReason: null,
            progress: { phase: 'starting', doneBytes: 0 },
          },
        })
        return { ...job, workerId: input.workerId }
      }
    },
    { timeout: 30_000, maxWait: 30_000 },
  )
}

/**
 * The kinds of which some job is due, whether it finds its limits full or not. Kinds of a newer version are left to it.
 */
export async function findDueKinds(db: Db): Promise<JobKind[]> {
  const rows = await db.$queryRaw<{ kind: string }[]>`
    SELECT DISTINCT kind FROM job
    WHERE state = 'queued' AND kind = ANY(${[...jobKinds]}) AND (start_after IS NULL OR start_after <= now())`
  return rows.map(({ kind }) => jobKindSchema.parse(kind))
}

async function findNext(
  tx: Tx,
  kind: JobKind,
  full: FullLoads,
  now: Date,
): Promise<{ id: string; input: unknown } | undefined> {
  const [next] = await tx.$queryRaw<{ id: string; input: unknown }[]>`
    SELECT id, input FROM job
    WHERE state = 'queued' AND kind = ${kind}
      AND (start_after IS NULL OR start_after <= ${now})
      AND (host IS NULL OR host <> ALL(${full.hosts}))
      AND NOT destination_ids && ${full.destinationIds}::uuid[]
    ORDER BY created_at, id
    LIMIT 1 FOR UPDATE SKIP LOCKED`
  return next
}
