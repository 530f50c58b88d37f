import { pageQuerySchema } from '@/lib/contracts/common'
import { createPolicySchema } from '@/lib/contracts/policy'
import { handle } from '@/lib/server/handle'
import { createPolicy } from '@/lib/services/policy/create-policy'
import { listPolicies } from '@/lib/services/policy/list-policies'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listPolicies({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createPolicySchema, status: 201 }, ({ ctx, body }) =>
  createPolicy({ ctx, input: body }),
)
