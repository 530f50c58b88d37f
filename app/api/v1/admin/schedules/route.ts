import { pageQuerySchema } from '@/lib/contracts/common'
import { createScheduleSchema, scheduleFilterSchema } from '@/lib/contracts/schedule'
import { handle } from '@/lib/server/handle'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { listSchedules } from '@/lib/services/schedule/list-schedules'

export const GET = handle(
  { role: 'viewer', query: pageQuerySchema.extend(scheduleFilterSchema.shape) },
  ({ ctx, query }) => listSchedules({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createScheduleSchema, status: 201 }, ({ ctx, body }) =>
  createSchedule({ ctx, input: body }),
)
