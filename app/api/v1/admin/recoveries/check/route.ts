import { recoveryPointSchema } from '@/lib/contracts/recovery/recoveries'
import { handle } from '@/lib/server/handle'
import { checkRecovery } from '@/lib/services/recovery/check-recovery'

export const POST = handle({ role: 'viewer', body: recoveryPointSchema }, ({ ctx, body }) =>
  checkRecovery({ ctx, input: body }),
)
