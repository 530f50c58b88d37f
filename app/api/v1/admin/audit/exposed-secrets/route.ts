import { handle } from '@/lib/server/handle'
import { findExposedSecrets } from '@/lib/services/exposed-secrets/find-exposed-secrets'
import { redactExposedSecrets } from '@/lib/services/exposed-secrets/redact-exposed-secrets'

export const GET = handle({ role: 'admin' }, ({ ctx }) => findExposedSecrets({ ctx }))
export const POST = handle({ role: 'admin' }, ({ ctx }) => redactExposedSecrets({ ctx }))
