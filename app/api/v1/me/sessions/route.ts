import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listOwnSessions } from '@/lib/services/session/list-sessions'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listOwnSessions({ ctx, input: query }),
)
