import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { explainBackup } from '@/lib/services/retention/explain-backup'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  explainBackup({ ctx, input: params }),
)
