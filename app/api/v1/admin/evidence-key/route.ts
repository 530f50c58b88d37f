import { handle } from '@/lib/server/handle'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'

export const GET = handle({ role: 'viewer' }, async ({ ctx }) => getEvidenceKey({ ctx }))
