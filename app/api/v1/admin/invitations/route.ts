import { createInvitationSchema } from '@/lib/contracts/people/access'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { ownOrigin } from '@/lib/server/own-origin'
import { mailOrigin } from '@/lib/server/public-url'
import { createInvitation } from '@/lib/services/invitation/create-invitation'
import { listInvitations } from '@/lib/services/invitation/list-invitations'

export const GET = handle({ role: 'admin', query: pageQuerySchema }, ({ ctx, query }) =>
  listInvitations({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createInvitationSchema, status: 201 }, ({ ctx, body, request }) =>
  createInvitation({ ctx, input: { ...body, origin: ownOrigin(request), mailOrigin: mailOrigin() } }),
)
