import type { Schedule } from '@/lib/contracts/schedule'
import { toSchedule, type LastJobRow, type ScheduleRow } from '@/lib/db/catalog/schedule'
import type { ServiceContext } from '../context'

/** Rows with their next runs and the job each started last, in one query more. */
export async function showSchedules(
  ctx: Pick<ServiceContext, 'db' | 'clock'>,
  rows: ScheduleRow[],
): Promise<Schedule[]> {
  const jobs = await ctx.db.$queryRaw<(LastJobRow & { scheduleId: string })[]>`
    SELECT last.* FROM unnest(${rows.map((row) => row.id)}::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
      SELECT schedule_id AS "scheduleId", id, state, due_at AS "dueAt", finished_at AS "finishedAt",
        wait_reason AS "waitReason" FROM job
      WHERE schedule_id = wanted.id ORDER BY created_at DESC LIMIT 1
    ) AS last`
  const lastOf = new Map(jobs.map((job) => [job.scheduleId, job]))
  const now = ctx.clock.now()
  return rows.map((row) => toSchedule(row, lastOf.get(row.id) ?? null, now))
}
