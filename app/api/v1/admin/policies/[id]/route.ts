import { idParamsSchema } from '@/lib/contracts/common'
import { updatePolicySchema } from '@/lib/contracts/policy'
import { handle } from '@/lib/server/handle'
import { deletePolicy } from '@/lib/services/policy/delete-policy'
import { getPolicy } from '@/lib/services/policy/get-policy'
import { updatePolicy } from '@/lib/services/policy/update-policy'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getPolicy({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updatePolicySchema },
  ({ ctx, params, body }) => updatePolicy({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deletePolicy({ ctx, input: params }),
)
