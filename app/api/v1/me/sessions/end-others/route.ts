import { handle } from '@/lib/server/handle'
import { endOtherSessions } from '@/lib/services/session/end-session'

export const POST = handle({ role: 'viewer' }, ({ ctx }) => endOtherSessions({ ctx }))
