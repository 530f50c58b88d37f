import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { endRecovery } from '@/lib/services/recovery/end-recovery'
import { getRecovery } from '@/lib/services/recovery/get-recovery'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getRecovery({ ctx, input: params }),
)

export const DELETE = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  endRecovery({ ctx, input: params }),
)
