import { testSourceSchema } from '@/lib/contracts/source'
import { handle } from '@/lib/server/handle'
import { testNewSource } from '@/lib/services/source/test-new-source'

export const POST = handle({ role: 'admin', body: testSourceSchema }, ({ ctx, body, request }) =>
  testNewSource({ ctx, input: { ...body, signal: request.signal } }),
)
