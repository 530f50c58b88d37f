import { createPolicySchema } from '@/lib/contracts/policy'
import { handle } from '@/lib/server/handle'
import { previewNewPolicy } from '@/lib/services/policy/preview-policy'

export const POST = handle({ role: 'viewer', body: createPolicySchema }, ({ ctx, body }) =>
  previewNewPolicy({ ctx, input: body }),
)
