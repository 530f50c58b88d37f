import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { testChannel } from '@/lib/services/channel/test-channel'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params, request }) =>
  testChannel({ ctx, input: { id: params.id, signal: request.signal } }),
)
