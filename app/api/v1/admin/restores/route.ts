import { startRestoreSchema } from '@/lib/contracts/restore'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listRestores } from '@/lib/services/restore/list-restores'
import { startRestore } from '@/lib/services/restore/start-restore'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listRestores({ ctx, input: query }),
)

export const POST = handle({ role: 'operator', body: startRestoreSchema, status: 202 }, ({ ctx, body }) =>
  startRestore({ ctx, input: body }),
)
