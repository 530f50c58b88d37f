import type { JobLoad, RunningLoad } from '@/lib/core/job/limits'
import type { Tx } from '@/lib/db/client'

/** Kinds that the global limit counts, as SQL needs them. */
const counted = ['backup', 'restore-test']

/**
 * What runs beside a job, where it would run too. With `queued`, jobs of its kind that wait are counted as if they ran:
 * whoever comes later goes after them.
 */
export async function runningLoad(tx: Tx, job: JobLoad, options: { queued: boolean }): Promise<RunningLoad> {
  const [totals] = await tx.$queryRaw<{ global: number; host: number }[]>`
    SELECT count(*) FILTER (WHERE kind = ANY(${counted}))::int AS global,
           count(*) FILTER (WHERE host = ${job.host})::int AS host
    FROM job WHERE state = 'running'
      OR (${options.queued} AND state = 'queued' AND kind = ${job.kind} AND (start_after IS NULL OR start_after <= now()))`
  const load = { global: totals?.global ?? 0, host: totals?.host ?? 0, destinations: {} }
  if (job.destinationIds.length === 0) return load
  const rows = await tx.$queryRaw<{ id: string; count: number }[]>`
    SELECT wanted.id::text AS id, count(job.id)::int AS count
    FROM unnest(${[...job.destinationIds]}::uuid[]) AS wanted (id)
    JOIN job ON wanted.id = ANY(job.destination_ids) AND (job.state = 'running'
      OR (${options.queued} AND job.state = 'queued' AND job.kind = ${job.kind}
          AND (job.start_after IS NULL OR job.start_after <= now())))
    GROUP BY wanted.id`
  return { ...load, destinations: Object.fromEntries(rows.map((row) => [row.id, row.count])) }
}
