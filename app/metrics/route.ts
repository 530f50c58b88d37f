import { handle } from '@/lib/server/handle'
import { instanceFacts } from '@/lib/server/instance-facts'
import { renderMetrics } from '@/lib/services/metrics/render-metrics'

/** For Prometheus, with a bearer token. */
export const GET = handle({ role: 'viewer' }, async ({ ctx }) => {
  const { contentType, text } = await renderMetrics({ ctx, version: instanceFacts().version })
  return new Response(text, { headers: { 'content-type': contentType } })
})
