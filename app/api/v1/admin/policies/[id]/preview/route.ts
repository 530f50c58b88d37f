import { idParamsSchema } from '@/lib/contracts/common'
import { updatePolicySchema } from '@/lib/contracts/policy'
import { handle } from '@/lib/server/handle'
import { previewPolicy } from '@/lib/services/policy/preview-policy'

export const POST = handle(
  { role: 'viewer', params: idParamsSchema, body: updatePolicySchema },
  ({ ctx, params, body }) => previewPolicy({ ctx, input: { id: params.id, patch: body } }),
)
