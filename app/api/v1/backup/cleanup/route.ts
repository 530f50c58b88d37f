import { handle } from '@/lib/server/handle'
import { startCleanup } from '@/lib/services/cleanup/start-cleanup'

export const POST = handle({ role: 'operator', status: 202 }, ({ ctx }) => startCleanup({ ctx }))
