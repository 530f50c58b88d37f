import { confirmRecoveryKitSchema } from '@/lib/contracts/settings'
import { handle } from '@/lib/server/handle'
import { confirmRecoveryKit } from '@/lib/services/recovery-kit/confirm-recovery-kit'

export const POST = handle({ role: 'admin', body: confirmRecoveryKitSchema }, ({ ctx, body }) =>
  confirmRecoveryKit({ ctx, input: body }),
)
