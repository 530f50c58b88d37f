import { z } from 'zod'
import { operationsSchema } from '@/lib/contracts/operations'
import { countedKinds, fullLimit, type FullLimit, type JobLoad } from '@/lib/core/job/limits'
import type { Tx } from '@/lib/db/client'
import { sectionKey } from '../operations/read-operations'

const countsSchema = z.record(z.string(), z.number()).nullable()

/**
 * The limit that keeps a job from starting now; null when it may start. A single query, since it runs for every job. With
 * `queued`, waiting jobs of its kind are counted as running: a later job goes after them.
 */
export async function findFullLimit(tx: Tx, job: JobLoad, options: { queued: boolean }): Promise<FullLimit | null> {
  const [row] = await tx.$queryRaw<{ global: number; host: number; destinations: unknown; limits: unknown }[]>`
    WITH beside AS (
      SELECT kind, host, destination_ids FROM job WHERE state = 'running'
        OR (${options.queued} AND state = 'queued' AND kind = ${job.kind} AND (start_after IS NULL OR start_after <= now()))
    )
    SELECT (SELECT count(*)::int FROM beside WHERE kind = ANY(${[...countedKinds]})) AS global,
      (SELECT count(*)::int FROM beside WHERE host = ${job.host}) AS host,
      (SELECT json_object_agg(id, there) FROM (
         SELECT wanted.id, (SELECT count(*)::int FROM beside WHERE wanted.id = ANY(destination_ids)) AS there
         FROM unnest(${[...job.destinationIds]}::uuid[]) AS wanted (id)) AS counted) AS destinations,
      (SELECT value FROM setting WHERE key = ${sectionKey('limits')}) AS limits`
  const limits = operationsSchema.shape.limits.parse(row?.limits ?? undefined)
  const destinations = countsSchema.parse(row?.destinations ?? null) ?? {}
  return fullLimit(limits, { global: row?.global ?? 0, host: row?.host ?? 0, destinations }, job)
}
