import { toFailure } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { dueSchedules } from './due-schedules'
import { evaluateSchedule } from './evaluate-schedule'
import { resumeSchedules } from './resume-schedules'

/** Schedules looked at side by side; each is a transaction of its own. */
const atOnce = 4

/**
 * Turns due occurrences into jobs. Every worker calls it every minute; each schedule is locked while it is evaluated and
 * its cursor moves in the same transaction, so an occurrence becomes one job however many workers tick. `now` is the
 * database's clock, never the worker's own.
 */
export async function evaluateSchedules(args: {
  ctx: ServiceContext
  now: Date
}): Promise<{ started: number; missed: number }> {
  const { ctx, now } = args
  await resumeSchedules({ ctx, now })
  const ids = await dueSchedules(ctx.db, now)
  const total = { started: 0, missed: 0 }
  const queue = ids.values()
  const work = async () => {
    for (const id of queue) {
      try {
        const result = await ctx.db.$transaction((tx) => evaluateSchedule(ctx, tx, id, now), {
          timeout: 30_000,
          maxWait: 30_000,
        })
        total.started += result.started
        total.missed += result.missed
      } catch (error) {
        // One broken schedule must not keep the others from running.
        ctx.logger.error('a schedule could not be evaluated', { scheduleId: id, error: toFailure(error).message })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return total
}
