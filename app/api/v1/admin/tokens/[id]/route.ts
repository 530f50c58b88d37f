import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { revokeToken } from '@/lib/services/token/revoke-token'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  revokeToken({ ctx, input: params }),
)
