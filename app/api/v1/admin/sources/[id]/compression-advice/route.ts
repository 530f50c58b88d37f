import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { adviseCompression } from '@/lib/services/source/advise-compression'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params, request }) =>
  adviseCompression({ ctx, input: { id: params.id, signal: request.signal } }),
)
