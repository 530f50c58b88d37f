import { startCopySchema } from '@/lib/contracts/backup'
import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { startCopy } from '@/lib/services/copy/start-copy'

export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: startCopySchema, status: 202 },
  ({ ctx, params, body }) => startCopy({ ctx, input: { ...body, backupId: params.id } }),
)
