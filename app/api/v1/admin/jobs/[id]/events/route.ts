import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { jobEvents } from '@/lib/server/job-events'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params, request }) =>
  jobEvents(ctx, params.id, request),
)
