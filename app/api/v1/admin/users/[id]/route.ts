import { idParamsSchema } from '@/lib/contracts/common'
import { updateUserSchema } from '@/lib/contracts/people/people'
import { handle } from '@/lib/server/handle'
import { getUser } from '@/lib/services/user/get-user'
import { updateUser } from '@/lib/services/user/update-user'

export const GET = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  getUser({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateUserSchema },
  ({ ctx, params, body }) => updateUser({ ctx, input: { id: params.id, patch: body } }),
)
