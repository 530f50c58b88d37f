import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { checkContinuous } from '@/lib/services/log/check-continuous'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params, request }) =>
  checkContinuous({ ctx, input: { sourceId: params.id, signal: request.signal } }),
)
