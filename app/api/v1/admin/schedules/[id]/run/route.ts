import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { runSchedule } from '@/lib/services/schedule/run-schedule'

export const POST = handle({ role: 'operator', params: idParamsSchema, status: 202 }, ({ ctx, params }) =>
  runSchedule({ ctx, input: params }),
)
