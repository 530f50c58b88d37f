import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { getEvidence } from '@/lib/services/restore-test/get-evidence'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, async ({ ctx, params }) => {
  const text = await getEvidence({ ctx, input: params })
  return new Response(text, {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="holdfast-evidence-${params.id}.json"`,
    },
  })
})
