import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { endOwnSession } from '@/lib/services/session/end-session'

export const DELETE = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  endOwnSession({ ctx, input: params }),
)
