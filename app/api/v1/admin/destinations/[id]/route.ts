import { idParamsSchema } from '@/lib/contracts/common'
import { updateDestinationSchema } from '@/lib/contracts/destination'
import { handle } from '@/lib/server/handle'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { getDestination } from '@/lib/services/destination/get-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getDestination({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateDestinationSchema },
  ({ ctx, params, body }) => updateDestination({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteDestination({ ctx, input: params }),
)
