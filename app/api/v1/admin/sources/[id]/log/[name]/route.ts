import { logFileParamsSchema } from '@/lib/contracts/recovery/continuous'
import { handle } from '@/lib/server/handle'
import { readFileBody } from '@/lib/server/read-file-body'
import { pushLog } from '@/lib/services/log/pushed/push-log'

export const PUT = handle({ role: 'operator', params: logFileParamsSchema }, ({ ctx, params, request }) =>
  pushLog({
    ctx,
    input: {
      sourceId: params.id,
      name: params.name,
      read: (limitBytes) => readFileBody(request, limitBytes),
      signal: request.signal,
    },
  }),
)
