import { idParamsSchema } from '@/lib/contracts/common'
import { updateRetentionPolicySchema } from '@/lib/contracts/retention'
import { handle } from '@/lib/server/handle'
import { deleteRetentionPolicy } from '@/lib/services/retention-policy/delete-retention-policy'
import { getRetentionPolicy } from '@/lib/services/retention-policy/get-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getRetentionPolicy({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateRetentionPolicySchema },
  ({ ctx, params, body }) => updateRetentionPolicy({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteRetentionPolicy({ ctx, input: params }),
)
