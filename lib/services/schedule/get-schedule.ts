import type { Schedule } from '@/lib/contracts/schedule'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { findSchedule } from './find-schedule'
import { showSchedules } from './show-schedules'

/** One schedule; throws `not-found`. */
export async function getSchedule({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Schedule> {
  permit(ctx.actor, 'viewer')
  const [schedule] = await showSchedules(ctx, [await findSchedule(ctx.db, input.id)])
  return found(schedule, 'schedule')
}
