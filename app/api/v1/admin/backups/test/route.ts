import { startRestoreTestSchema } from '@/lib/contracts/backup'
import { handle } from '@/lib/server/handle'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'

export const POST = handle({ role: 'operator', body: startRestoreTestSchema, status: 202 }, ({ ctx, body }) =>
  startRestoreTest({ ctx, input: body }),
)
