import { restoreTestFilterSchema } from '@/lib/contracts/backup'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listRestoreTests } from '@/lib/services/restore-test/list-restore-tests'

export const GET = handle(
  { role: 'viewer', query: pageQuerySchema.extend(restoreTestFilterSchema.shape) },
  ({ ctx, query }) => listRestoreTests({ ctx, input: query }),
)
