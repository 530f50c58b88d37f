import { idParamsSchema } from '@/lib/contracts/common'
import { updateSourceSchema } from '@/lib/contracts/source'
import { handle } from '@/lib/server/handle'
import { deleteSource } from '@/lib/services/source/delete-source'
import { getSource } from '@/lib/services/source/get-source'
import { updateSource } from '@/lib/services/source/update-source'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getSource({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateSourceSchema },
  ({ ctx, params, body }) => updateSource({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteSource({ ctx, input: params }),
)
