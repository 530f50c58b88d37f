import { handle } from '@/lib/server/handle'
import { listSignInLocks } from '@/lib/services/session/list-sign-in-locks'

export const GET = handle({ role: 'admin' }, ({ ctx }) => listSignInLocks({ ctx }))
