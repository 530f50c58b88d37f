import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { cancelJob } from '@/lib/services/job/cancel-job'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  cancelJob({ ctx, input: params }),
)
