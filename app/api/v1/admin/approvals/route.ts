import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listApprovals } from '@/lib/services/approval/list-approvals'

export const GET = handle({ role: 'operator', query: pageQuerySchema }, ({ ctx, query }) =>
  listApprovals({ ctx, input: query }),
)
