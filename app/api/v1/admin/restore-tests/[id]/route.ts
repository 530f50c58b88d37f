import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getRestoreTest({ ctx, input: params }),
)
