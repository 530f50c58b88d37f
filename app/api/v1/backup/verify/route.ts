import { startVerifySchema } from '@/lib/contracts/backup'
import { handle } from '@/lib/server/handle'
import { startVerify } from '@/lib/services/verify/start-verify'

export const POST = handle({ role: 'operator', body: startVerifySchema, status: 202 }, ({ ctx, body }) =>
  startVerify({ ctx, input: body }),
)
