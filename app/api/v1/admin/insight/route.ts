import { insightQuerySchema } from '@/lib/contracts/insight'
import { handle } from '@/lib/server/handle'
import { getInsight } from '@/lib/services/insight/get-insight'

export const GET = handle({ role: 'viewer', query: insightQuerySchema }, ({ ctx, query }) =>
  getInsight({ ctx, input: query }),
)
