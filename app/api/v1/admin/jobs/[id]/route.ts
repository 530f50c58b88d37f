import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getJob } from '@/lib/services/job/get-job'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getJob({ ctx, input: params }),
)
