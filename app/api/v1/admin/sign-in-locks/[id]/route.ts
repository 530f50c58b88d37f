import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { liftSignInLock } from '@/lib/services/session/lift-sign-in-lock'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  liftSignInLock({ ctx, input: params }),
)
