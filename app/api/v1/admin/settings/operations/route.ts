import { updateOperationsSchema } from '@/lib/contracts/operations'
import { handle } from '@/lib/server/handle'
import { getOperations } from '@/lib/services/operations/get-operations'
import { updateOperations } from '@/lib/services/operations/update-operations'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getOperations({ ctx }))
export const PATCH = handle({ role: 'admin', body: updateOperationsSchema }, ({ ctx, body }) =>
  updateOperations({ ctx, input: body }),
)
