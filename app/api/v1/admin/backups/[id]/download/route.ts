import { downloadQuerySchema } from '@/lib/contracts/backup'
import { idParamsSchema } from '@/lib/contracts/common'
import { downloadResponse } from '@/lib/server/download-response'
import { handle } from '@/lib/server/handle'
import { openDownload } from '@/lib/services/backup/open-download'

export const GET = handle(
  { role: 'operator', params: idParamsSchema, query: downloadQuerySchema },
  async ({ ctx, params, query, request }) =>
    downloadResponse(await openDownload({ ctx, input: { ...query, id: params.id }, signal: request.signal })),
)
