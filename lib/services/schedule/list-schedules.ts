import type { Page, PageQuery } from '@/lib/contracts/common'
import type { Schedule } from '@/lib/contracts/schedule'
import { scheduleInclude, type ScheduleRow } from '@/lib/db/catalog/schedule'
import { keysetPage } from '@/lib/db/keyset-page'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { showSchedules } from './show-schedules'

/** Schedules, oldest first, with their next runs. */
export async function listSchedules({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PageQuery & { sourceId?: string | undefined; policyId?: string | undefined }
}): Promise<Page<Schedule>> {
  permit(ctx.actor, 'viewer')
  const page = await keysetPage(
    input,
    (row: ScheduleRow) => row,
    (keys) =>
      ctx.db.schedule.findMany({
        where: { deletedAt: null, sourceId: input.sourceId, policyId: input.policyId },
        include: scheduleInclude,
        orderBy: { id: 'asc' },
        ...keys,
      }),
  )
  return { ...page, items: await showSchedules(ctx, page.items) }
}
