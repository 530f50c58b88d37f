import { pageQuerySchema } from '@/lib/contracts/common'
import { createSourceSchema } from '@/lib/contracts/source'
import { handle } from '@/lib/server/handle'
import { createSource } from '@/lib/services/source/create-source'
import { listSources } from '@/lib/services/source/list-sources'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listSources({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createSourceSchema, status: 201 }, ({ ctx, body }) =>
  createSource({ ctx, input: body }),
)
