import { auditQuerySchema } from '@/lib/contracts/audit'
import { handle } from '@/lib/server/handle'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'

export const GET = handle({ role: 'admin', query: auditQuerySchema }, ({ ctx, query }) =>
  listAuditEvents({ ctx, input: query }),
)
