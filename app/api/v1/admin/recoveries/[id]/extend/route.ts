import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { extendRecovery } from '@/lib/services/recovery/extend-recovery'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  extendRecovery({ ctx, input: params }),
)
