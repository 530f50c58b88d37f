import { idParamsSchema } from '@/lib/contracts/common'
import { updateDestinationSchema } from '@/lib/contracts/destination'
import { handle } from '@/lib/server/handle'
import { testDestination } from '@/lib/services/destination/test-destination'

/** With a body, the changed settings are tested and nothing is kept. */
export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: updateDestinationSchema },
  ({ ctx, params, body, request }) =>
    testDestination({ ctx, input: { id: params.id, patch: body, signal: request.signal } }),
)
