import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { ownOrigin } from '@/lib/server/own-origin'
import { mailOrigin } from '@/lib/server/public-url'
import { createPasswordLink } from '@/lib/services/invitation/create-password-link'

export const POST = handle({ role: 'admin', params: idParamsSchema, status: 201 }, ({ ctx, params, request }) =>
  createPasswordLink({ ctx, input: { userId: params.id, origin: ownOrigin(request), mailOrigin: mailOrigin() } }),
)
