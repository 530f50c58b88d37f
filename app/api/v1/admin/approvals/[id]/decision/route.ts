import { decideApprovalSchema } from '@/lib/contracts/people/access'
import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { decideApproval } from '@/lib/services/approval/decide-approval'

export const POST = handle(
  { role: 'admin', params: idParamsSchema, body: decideApprovalSchema },
  ({ ctx, params, body }) => decideApproval({ ctx, input: { ...params, ...body } }),
)
