import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { resetSecondFactor } from '@/lib/services/second-factor/remove-second-factor'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  resetSecondFactor({ ctx, input: params }),
)
