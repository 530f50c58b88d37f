import { idParamsSchema, pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listDeliveries } from '@/lib/services/channel/list-deliveries'

export const GET = handle(
  { role: 'viewer', params: idParamsSchema, query: pageQuerySchema },
  ({ ctx, params, query }) => listDeliveries({ ctx, input: { ...query, id: params.id } }),
)
