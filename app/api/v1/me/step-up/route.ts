import { stepUpSchema } from '@/lib/contracts/people/access'
import { handle } from '@/lib/server/handle'
import { stepUp } from '@/lib/services/step-up/step-up'

export const POST = handle({ role: 'viewer', body: stepUpSchema }, ({ ctx, body }) => stepUp({ ctx, input: body }))
