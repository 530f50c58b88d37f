import { createRecoveryKitSchema } from '@/lib/contracts/settings'
import { handle } from '@/lib/server/handle'
import { getRecoveryKit } from '@/lib/services/recovery-kit/get-recovery-kit'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getRecoveryKit({ ctx }))

export const POST = handle({ role: 'admin', body: createRecoveryKitSchema, status: 201 }, ({ ctx, body }) =>
  createRecoveryKit({ ctx, input: body }),
)
