import { idParamsSchema } from '@/lib/contracts/common'
import { checkContinuousSchema } from '@/lib/contracts/recovery/continuous'
import { handle } from '@/lib/server/handle'
import { checkContinuous } from '@/lib/services/log/check-continuous'

export const POST = handle(
  { role: 'operator', params: idParamsSchema, query: checkContinuousSchema },
  ({ ctx, params, query, request }) =>
    checkContinuous({ ctx, input: { sourceId: params.id, log: query.log, signal: request.signal } }),
)
