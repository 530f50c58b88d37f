import { handle } from '@/lib/server/handle'
import { removeSecondFactor } from '@/lib/services/second-factor/remove-second-factor'
import { startSecondFactor } from '@/lib/services/second-factor/start-second-factor'

export const POST = handle({ role: 'viewer', status: 201 }, ({ ctx }) => startSecondFactor({ ctx }))

export const DELETE = handle({ role: 'viewer' }, ({ ctx }) => removeSecondFactor({ ctx }))
