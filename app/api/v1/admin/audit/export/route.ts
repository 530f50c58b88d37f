import { auditExportQuerySchema } from '@/lib/contracts/audit'
import { downloadResponse } from '@/lib/server/download-response'
import { handle } from '@/lib/server/handle'
import { exportAuditLog } from '@/lib/services/audit/export-audit-log'

export const GET = handle({ role: 'admin', query: auditExportQuerySchema }, async ({ ctx, query, request }) =>
  downloadResponse(await exportAuditLog({ ctx, input: query, signal: request.signal })),
)
