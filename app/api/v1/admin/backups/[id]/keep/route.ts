import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { restoreDeletion } from '@/lib/services/backup/restore-deletion'

export const POST = handle({ role: 'operator', params: idParamsSchema }, ({ ctx, params }) =>
  restoreDeletion({ ctx, input: params }),
)
