import { statusQuerySchema } from '@/lib/contracts/status'
import { handle } from '@/lib/server/handle'
import { getStatus } from '@/lib/services/status/get-status'

export const GET = handle({ role: 'viewer', query: statusQuerySchema }, ({ ctx, query }) =>
  getStatus({ ctx, input: query }),
)
