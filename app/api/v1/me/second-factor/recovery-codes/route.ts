import { handle } from '@/lib/server/handle'
import { renewRecoveryCodes } from '@/lib/services/second-factor/renew-recovery-codes'

export const POST = handle({ role: 'viewer', status: 201 }, ({ ctx }) => renewRecoveryCodes({ ctx }))
