import { codeSchema } from '@/lib/contracts/people/access'
import { handle } from '@/lib/server/handle'
import { confirmSecondFactor } from '@/lib/services/second-factor/confirm-second-factor'

export const POST = handle({ role: 'viewer', body: codeSchema }, ({ ctx, body }) =>
  confirmSecondFactor({ ctx, input: body }),
)
