import { pageQuerySchema } from '@/lib/contracts/common'
import { auditFilterSchema } from '@/lib/contracts/people'
import { handle } from '@/lib/server/handle'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'

export const GET = handle({ role: 'admin', query: pageQuerySchema.extend(auditFilterSchema.shape) }, ({ ctx, query }) =>
  listAuditEvents({ ctx, input: query }),
)
