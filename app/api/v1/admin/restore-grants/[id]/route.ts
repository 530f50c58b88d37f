import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { deleteRestoreGrant } from '@/lib/services/restore-grant/delete-restore-grant'

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteRestoreGrant({ ctx, input: params }),
)
