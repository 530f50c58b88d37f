import { pageQuerySchema } from '@/lib/contracts/common'
import { createRetentionPolicySchema } from '@/lib/contracts/retention'
import { handle } from '@/lib/server/handle'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { listRetentionPolicies } from '@/lib/services/retention-policy/list-retention-policies'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listRetentionPolicies({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createRetentionPolicySchema, status: 201 }, ({ ctx, body }) =>
  createRetentionPolicy({ ctx, input: body }),
)
