import { createRecoveryKitSchema } from '@/lib/contracts/settings'
import { handle } from '@/lib/server/handle'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'

export const POST = handle({ role: 'admin', body: createRecoveryKitSchema, status: 201 }, ({ ctx, body }) =>
  createRecoveryKit({ ctx, input: body }),
)
