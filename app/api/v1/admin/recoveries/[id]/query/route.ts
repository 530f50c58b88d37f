import { idParamsSchema } from '@/lib/contracts/common'
import { recoveryQuerySchema } from '@/lib/contracts/recovery/recoveries'
import { handle } from '@/lib/server/handle'
import { queryRecovery } from '@/lib/services/recovery/query-recovery'

export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: recoveryQuerySchema },
  ({ ctx, params, body }) => queryRecovery({ ctx, input: { ...params, ...body } }),
)
