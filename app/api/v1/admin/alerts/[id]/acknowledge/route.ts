import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { acknowledgeAlert } from '@/lib/services/alert/acknowledge-alert'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  acknowledgeAlert({ ctx, input: params }),
)
