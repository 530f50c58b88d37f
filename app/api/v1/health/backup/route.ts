import { handle } from '@/lib/server/handle'
import { getStatus } from '@/lib/services/status/get-status'

/** 503 while unhealthy, so that a monitor that knows nothing but status codes understands it. */
export const GET = handle({ role: 'viewer' }, async ({ ctx }) => {
  const { health, reasons, checkedAt } = await getStatus({ ctx })
  return Response.json({ health, reasons, checkedAt }, { status: health === 'unhealthy' ? 503 : 200 })
})
