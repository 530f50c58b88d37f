import { idParamsSchema } from '@/lib/contracts/common'
import { updateSourceSchema } from '@/lib/contracts/source'
import { handle } from '@/lib/server/handle'
import { testSource } from '@/lib/services/source/test-source'

/** With a body, the changed settings are tested and nothing is kept. */
export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: updateSourceSchema },
  ({ ctx, params, body, request }) =>
    testSource({ ctx, input: { id: params.id, patch: body, signal: request.signal } }),
)
