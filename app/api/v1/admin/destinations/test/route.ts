import { testDestinationSchema } from '@/lib/contracts/destination'
import { handle } from '@/lib/server/handle'
import { testNewDestination } from '@/lib/services/destination/test-new-destination'

export const POST = handle({ role: 'admin', body: testDestinationSchema }, ({ ctx, body, request }) =>
  testNewDestination({ ctx, input: { ...body, signal: request.signal } }),
)
