import { healthQuerySchema } from '@/lib/contracts/status'
import { handle } from '@/lib/server/handle'
import { getStatus } from '@/lib/services/status/get-status'

/**
 * 503 while unhealthy, so that a monitor that knows nothing but status codes understands it; `?strict=1` answers it while
 * degraded as well, `?strict=0` never.
 */
export const GET = handle({ role: 'viewer', query: healthQuerySchema }, async ({ ctx, query }) => {
  const { health, headline, reasons, checkedAt } = await getStatus({ ctx })
  const bad = health === 'unhealthy' || (health === 'degraded' && query.strict === '1')
  return Response.json({ health, headline, reasons, checkedAt }, { status: bad && query.strict !== '0' ? 503 : 200 })
})
