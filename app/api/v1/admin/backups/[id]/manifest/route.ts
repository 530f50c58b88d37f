import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getBackup } from '@/lib/services/backup/get-backup'
import { found } from '@/lib/services/not-found'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, async ({ ctx, params }) =>
  found((await getBackup({ ctx, input: params })).manifest, 'manifest'),
)
