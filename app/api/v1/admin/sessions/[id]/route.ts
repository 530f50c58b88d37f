import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { endSession } from '@/lib/services/session/end-session'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  endSession({ ctx, input: params }),
)
