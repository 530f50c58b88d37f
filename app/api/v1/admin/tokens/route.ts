import { pageQuerySchema } from '@/lib/contracts/common'
import { createTokenSchema } from '@/lib/contracts/people/people'
import { handle } from '@/lib/server/handle'
import { createToken } from '@/lib/services/token/create-token'
import { listTokens } from '@/lib/services/token/list-tokens'

export const GET = handle({ role: 'admin', query: pageQuerySchema }, ({ ctx, query }) =>
  listTokens({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createTokenSchema, status: 201 }, ({ ctx, body }) =>
  createToken({ ctx, input: body }),
)
