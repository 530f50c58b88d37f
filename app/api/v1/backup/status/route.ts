import { handle } from '@/lib/server/handle'
import { getStatus } from '@/lib/services/status/get-status'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getStatus({ ctx }))
