import { pageQuerySchema } from '@/lib/contracts/common'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { handle } from '@/lib/server/handle'
import { createDestination } from '@/lib/services/destination/create-destination'
import { listDestinations } from '@/lib/services/destination/list-destinations'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listDestinations({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createDestinationSchema, status: 201 }, ({ ctx, body }) =>
  createDestination({ ctx, input: body }),
)
