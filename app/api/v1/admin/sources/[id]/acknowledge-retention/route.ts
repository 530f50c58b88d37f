import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { acknowledgeRetention } from '@/lib/services/retention/acknowledge-retention'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  acknowledgeRetention({ ctx, input: params }),
)
