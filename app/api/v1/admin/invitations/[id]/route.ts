import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { revokeInvitation } from '@/lib/services/invitation/revoke-invitation'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  revokeInvitation({ ctx, input: params }),
)
