import { sessionFilterSchema } from '@/lib/contracts/people/access'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listSessions } from '@/lib/services/session/list-sessions'

const query = pageQuerySchema.extend(sessionFilterSchema.shape)

export const GET = handle({ role: 'admin', query }, ({ ctx, query: input }) => listSessions({ ctx, input }))
