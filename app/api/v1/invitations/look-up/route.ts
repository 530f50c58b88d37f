import { invitationTokenSchema } from '@/lib/contracts/people/access'
import { handlePublic } from '@/lib/server/handle'
import { lookUpInvitation } from '@/lib/services/invitation/look-up-invitation'

export const POST = handlePublic({ body: invitationTokenSchema }, ({ ctx, body }) =>
  lookUpInvitation({ ctx, input: body }),
)
