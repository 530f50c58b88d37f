import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getSourceInsight } from '@/lib/services/insight/get-source-insight'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getSourceInsight({ ctx, input: params }),
)
