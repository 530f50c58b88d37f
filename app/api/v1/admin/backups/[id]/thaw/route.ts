import { thawCopySchema } from '@/lib/contracts/backup'
import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { thawCopy } from '@/lib/services/copy/thaw-copy'

export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: thawCopySchema },
  ({ ctx, params, body, request }) =>
    thawCopy({ ctx, input: { ...body, backupId: params.id, signal: request.signal } }),
)
