import { previewRetentionSchema } from '@/lib/contracts/retention'
import { handle } from '@/lib/server/handle'
import { previewRetention } from '@/lib/services/retention/preview-retention'

export const POST = handle({ role: 'viewer', body: previewRetentionSchema }, ({ ctx, body }) =>
  previewRetention({ ctx, input: body }),
)
