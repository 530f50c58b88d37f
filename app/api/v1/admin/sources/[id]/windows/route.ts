import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getWindows } from '@/lib/services/recovery/get-windows'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getWindows({ ctx, input: { sourceId: params.id } }),
)
