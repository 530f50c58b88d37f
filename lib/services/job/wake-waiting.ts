import { jobKinds, jobKindSchema, type JobKind } from '@/lib/contracts/job'
import { chooseWaiting } from '@/lib/core/job/limits'
import type { Db } from '@/lib/db/client'
import type { OpenQueue } from '@/lib/db/queue'
import { readOperations } from '../operations/read-operations'
import { limitsLock } from './claim-job'

interface Row {
  id: string
  kind: string
  state: string
  held: boolean
  host: string | null
  destinationIds: string[]
}

/**
 * Delivers the oldest jobs that waited for a limit and find room now. Called whenever a job ends, and every few
 * seconds for what nobody told (limits that were raised). Claiming counts again, so waking one too many does no harm.
 */
export async function wakeWaiting(db: Db, queue: Pick<OpenQueue, 'wake'>): Promise<number> {
  const [some] = await db.$queryRaw<unknown[]>`
    SELECT 1 AS one FROM job WHERE state = 'queued' AND wait_reason IS NOT NULL AND start_after IS NULL LIMIT 1`
  if (some === undefined) return 0
  return db.$transaction(
    async (tx) => {
      // Behind a claim that is finding its limit full: what it writes is seen here.
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${limitsLock})::text`
      const { limits } = await readOperations(tx)
      // Jobs that load the same differ in age alone, so no more of them are of interest than any limit lets begin.
      const most = Math.max(limits.global, limits.perHost, limits.perDestination)
      const rows = await tx.$queryRaw<Row[]>`
        SELECT id, kind, state, held, host, destination_ids::text[] AS "destinationIds" FROM (
          SELECT id, kind, state, wait_reason IS NOT NULL AS held, host, destination_ids, created_at,
            row_number() OVER (PARTITION BY state, kind, wait_reason IS NOT NULL, host, destination_ids
                               ORDER BY created_at, id) AS nth
          FROM job WHERE state = 'running' OR (state = 'queued' AND start_after IS NULL)) AS beside
        WHERE state = 'running' OR nth <= CASE WHEN host IS NULL THEN ${most}::int ELSE ${limits.perHost}::int END
        ORDER BY created_at, id`
      const jobs = rows.map((row) => ({ ...row, kind: jobKindSchema.parse(row.kind) }))
      let woken = 0
      for (const kind of jobKinds) {
        // A job that was delivered and waits for a worker takes a place from its own kind only: workers take kinds apart.
        const taken = jobs.filter((job) => job.state === 'running' || (job.kind === kind && !job.held))
        const waiting = jobs.filter((job) => job.state === 'queued' && job.kind === kind && job.held)
        woken += await wake(chooseWaiting(limits, taken, waiting), kind)
      }
      return woken

      async function wake(chosen: { id: string }[], kind: JobKind): Promise<number> {
        if (chosen.length === 0) return 0
        const ids = chosen.map((job) => job.id)
        await tx.job.updateMany({ where: { id: { in: ids }, state: 'queued' }, data: { waitReason: null } })
        await queue.wake(tx, kind, ids)
        return ids.length
      }
    },
    { timeout: 30_000, maxWait: 30_000 },
  )
}
