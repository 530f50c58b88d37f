import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { backupRoleSql } from '@/lib/services/source/backup-role-sql'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  backupRoleSql({ ctx, input: params }),
)
