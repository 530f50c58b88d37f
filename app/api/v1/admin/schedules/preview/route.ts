import { schedulePreviewSchema } from '@/lib/contracts/schedule'
import { handle } from '@/lib/server/handle'
import { previewSchedule } from '@/lib/services/schedule/preview-schedule'

export const POST = handle({ role: 'viewer', body: schedulePreviewSchema }, ({ ctx, body }) =>
  previewSchedule({ ctx, input: body }),
)
