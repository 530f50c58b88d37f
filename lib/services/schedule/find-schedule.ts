import type { Tx } from '@/lib/db/client'
import { scheduleInclude, type ScheduleRow } from '@/lib/db/catalog/schedule'
import { found } from '../not-found'

/** A schedule that was not deleted; throws `not-found`. */
export async function findSchedule(tx: Tx, id: string): Promise<ScheduleRow> {
  return found(await tx.schedule.findFirst({ where: { id, deletedAt: null }, include: scheduleInclude }), 'schedule')
}
