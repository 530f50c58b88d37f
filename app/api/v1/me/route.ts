import { updateMeSchema } from '@/lib/contracts/people/people'
import { handle } from '@/lib/server/handle'
import { changePassword } from '@/lib/services/user/change-password'
import { getMe } from '@/lib/services/user/get-me'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getMe({ ctx }))

export const PATCH = handle({ role: 'viewer', body: updateMeSchema }, ({ ctx, body }) =>
  changePassword({ ctx, input: body }),
)
