import { idParamsSchema } from '@/lib/contracts/common'
import { updateScheduleSchema } from '@/lib/contracts/schedule'
import { handle } from '@/lib/server/handle'
import { deleteSchedule } from '@/lib/services/schedule/delete-schedule'
import { getSchedule } from '@/lib/services/schedule/get-schedule'
import { updateSchedule } from '@/lib/services/schedule/update-schedule'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getSchedule({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateScheduleSchema },
  ({ ctx, params, body }) => updateSchedule({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteSchedule({ ctx, input: params }),
)
