import { jobKinds, jobKindSchema } from '@/lib/contracts/job'
import { chooseWaiting, fullLimitBeside, isLimited, type JobLoad } from '@/lib/core/job/limits'
import type { Db, Tx } from '@/lib/db/client'
import { readOperations } from '../operations/read-operations'
import { limitsLock } from './claim-next-job'
import { fullLimitWords } from './full-limit-words'
import { readRunningLoads } from './read-running-loads'

interface Waiting extends JobLoad {
  id: string
  /** It says why it waits, as it stands. */
  held: boolean
  /** Some job with the same load does not show a limit yet. */
  silent: boolean
}

/**
 * Writes on every job that is due which limit holds it, and takes the reason away from those that may begin. For people
 * only: a claim looks at the limits itself and at no reason. Answers how many may begin that could not before.
 */
export async function refreshWaitReasons(db: Db): Promise<number> {
  const [some] = await db.$queryRaw<unknown[]>`
    SELECT 1 AS one FROM job WHERE state = 'queued' AND (start_after IS NULL OR start_after <= now()) LIMIT 1`
  if (some === undefined) return 0
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${limitsLock})::text`
      const { limits } = await readOperations(tx)
      const running = await readRunningLoads(tx)
      const waiting = await readWaiting(tx, Math.max(limits.global, limits.perHost, limits.perDestination))
      let freed = 0
      for (const kind of jobKinds) {
        const own = waiting.filter((job) => job.kind === kind && isLimited(job))
        const chosen = chooseWaiting(limits, running, own)
        const free = chosen.filter((job) => job.held).map((job) => job.id)
        if (free.length > 0) {
          await tx.job.updateMany({
            where: { id: { in: free }, state: 'queued' },
            data: { waitReason: null, startAfter: null },
          })
        }
        freed += free.length
        const begins = new Set(chosen)
        const beside: JobLoad[] = [...running, ...chosen]
        for (const job of own) {
          if (!job.silent || begins.has(job)) continue
          const full = fullLimitBeside(limits, beside, job)
          if (full) await writeReason(tx, job, await fullLimitWords(tx, full))
        }
      }
      return freed
    },
    { timeout: 30_000, maxWait: 30_000 },
  )
}

/**
 * Of jobs with the same load only the oldest can matter: as many as the highest limit allows, and one more that stands for
 * the rest.
 */
async function readWaiting(tx: Tx, most: number): Promise<Waiting[]> {
  const rows = await tx.$queryRaw<(Omit<Waiting, 'kind'> & { kind: string })[]>`
    SELECT id, kind, host, destination_ids::text[] AS "destinationIds", reason IS NOT NULL AS held, silent FROM (
      SELECT id, kind, host, destination_ids, created_at, wait_reason AS reason,
        row_number() OVER load AS nth,
        bool_or(wait_reason IS NULL OR start_after IS NOT NULL) OVER (PARTITION BY kind, host, destination_ids) AS silent
      FROM job WHERE state = 'queued' AND kind = ANY(${[...jobKinds]}) AND (start_after IS NULL OR start_after <= now())
      WINDOW load AS (PARTITION BY kind, host, destination_ids ORDER BY created_at, id)) AS due
    WHERE nth <= ${most}::int + 1
    ORDER BY created_at, id`
  return rows.map((row) => ({ ...row, kind: jobKindSchema.parse(row.kind) }))
}

/** On this job and on all that load the same and come after it. */
async function writeReason(tx: Tx, job: Waiting, reason: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE job SET wait_reason = ${reason}, start_after = NULL
    FROM job AS first
    WHERE first.id = ${job.id}::uuid AND job.state = 'queued' AND (job.start_after IS NULL OR job.start_after <= now())
      AND (job.kind, job.destination_ids) = (first.kind, first.destination_ids) AND job.host IS NOT DISTINCT FROM first.host
      AND (job.created_at, job.id) >= (first.created_at, first.id)
      AND (job.wait_reason IS NULL OR job.start_after IS NOT NULL)`
}
