import { idParamsSchema } from '@/lib/contracts/common'
import { cleanupUnknownSchema } from '@/lib/contracts/destination'
import { handle } from '@/lib/server/handle'
import { cleanupUnknown } from '@/lib/services/storage-care/cleanup-unknown'

export const POST = handle(
  { role: 'admin', params: idParamsSchema, body: cleanupUnknownSchema, status: 202 },
  ({ ctx, params, body }) => cleanupUnknown({ ctx, input: { ...body, id: params.id } }),
)
