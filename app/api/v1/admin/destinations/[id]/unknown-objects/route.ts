import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listUnknownObjects } from '@/lib/services/storage-care/list-unknown-objects'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  listUnknownObjects({ ctx, input: params }),
)
