import { handle } from '@/lib/server/handle'
import { getOidcFacts } from '@/lib/services/oidc/get-oidc-facts'

export const GET = handle({ role: 'admin' }, ({ ctx }) => getOidcFacts({ ctx }))
