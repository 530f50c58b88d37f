import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { startCare } from '@/lib/services/storage-care/start-care'

export const POST = handle({ role: 'operator', params: idParamsSchema, status: 202 }, ({ ctx, params }) =>
  startCare({ ctx, input: { id: params.id, kind: 'inventory' } }),
)
