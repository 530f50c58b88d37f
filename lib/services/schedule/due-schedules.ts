import { nextRuns } from '@/lib/core/schedule/next-runs'
import { wasSetBack } from '@/lib/core/schedule/plan-tick'
import type { Db } from '@/lib/db/client'

/** When each schedule is due next, for as long as its timing and cursor stay: most ticks find nothing to do. */
const upcoming = new Map<string, { of: string; nextMs: number }>()
const remembered = 20_000

/** Ids of the schedules that have something due at `now`, or whose cursor a clock left behind. */
export async function dueSchedules(db: Db, now: Date): Promise<string[]> {
  const rows = await db.schedule.findMany({
    where: { enabled: true, deletedAt: null, source: { deletedAt: null } },
    select: { id: true, cron: true, timeZone: true, evaluatedUntil: true },
    orderBy: { id: 'asc' },
  })
  if (upcoming.size > remembered) upcoming.clear()
  return rows
    .filter((row) => wasSetBack(row.evaluatedUntil, now) || nextAfterCursor(row) <= now.getTime())
    .map(({ id }) => id)
}

function nextAfterCursor(row: { id: string; cron: string; timeZone: string; evaluatedUntil: Date }): number {
  const of = `${row.cron} ${row.timeZone} ${row.evaluatedUntil.getTime()}`
  const known = upcoming.get(row.id)
  if (known?.of === of) return known.nextMs
  const nextMs = firstRun(row)
  upcoming.set(row.id, { of, nextMs })
  return nextMs
}

/** One that cannot be read counts as due, so that its evaluation reports what is wrong with it. */
function firstRun(row: { cron: string; timeZone: string; evaluatedUntil: Date }): number {
  try {
    return nextRuns(row.cron, row.timeZone, row.evaluatedUntil, 1)[0]?.getTime() ?? Infinity
  } catch {
    return 0
  }
}
