import { handle } from '@/lib/server/handle'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'

export const GET = handle({ role: 'admin' }, ({ ctx, request }) => verifyAuditLog({ ctx, signal: request.signal }))
