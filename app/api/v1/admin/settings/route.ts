import { handle } from '@/lib/server/handle'
import { instanceFacts } from '@/lib/server/instance-facts'
import { getSettings } from '@/lib/services/settings/get-settings'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getSettings({ ctx, input: instanceFacts() }))
