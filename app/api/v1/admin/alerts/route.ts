import { alertFilterSchema } from '@/lib/contracts/alerting/alert'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listAlerts } from '@/lib/services/alert/list-alerts'

export const GET = handle(
  { role: 'viewer', query: pageQuerySchema.extend(alertFilterSchema.shape) },
  ({ ctx, query }) => listAlerts({ ctx, input: query }),
)
