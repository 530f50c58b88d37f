import { pageQuerySchema } from '@/lib/contracts/common'
import { createUserSchema } from '@/lib/contracts/people/people'
import { handle } from '@/lib/server/handle'
import { createUser } from '@/lib/services/user/create-user'
import { listUsers } from '@/lib/services/user/list-users'

export const GET = handle({ role: 'admin', query: pageQuerySchema }, ({ ctx, query }) =>
  listUsers({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createUserSchema, status: 201 }, ({ ctx, body }) =>
  createUser({ ctx, input: body }),
)
