import { recoveryFilterSchema, startRecoverySchema } from '@/lib/contracts/recovery/recoveries'
import { handle } from '@/lib/server/handle'
import { listRecoveries } from '@/lib/services/recovery/list-recoveries'
import { startRecovery } from '@/lib/services/recovery/start-recovery'

export const GET = handle({ role: 'viewer', query: recoveryFilterSchema }, ({ ctx, query }) =>
  listRecoveries({ ctx, input: query }),
)

export const POST = handle({ role: 'operator', body: startRecoverySchema, status: 202 }, ({ ctx, body }) =>
  startRecovery({ ctx, input: body }),
)
