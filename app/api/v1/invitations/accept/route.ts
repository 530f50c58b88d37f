import { acceptInvitationSchema } from '@/lib/contracts/people/access'
import { handlePublic } from '@/lib/server/handle'
import { acceptInvitation } from '@/lib/services/invitation/accept-invitation'

export const POST = handlePublic({ body: acceptInvitationSchema, status: 201 }, ({ ctx, body }) =>
  acceptInvitation({ ctx, input: body }),
)
