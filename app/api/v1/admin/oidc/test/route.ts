import { handle } from '@/lib/server/handle'
import { ownOrigin } from '@/lib/server/own-origin'
import { testOidc } from '@/lib/services/oidc/test-oidc'

export const POST = handle({ role: 'admin' }, ({ ctx, request }) =>
  testOidc({ ctx, input: { origin: ownOrigin(request), signal: request.signal } }),
)
