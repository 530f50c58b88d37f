import { handle } from '@/lib/server/handle'
import { getDeadMansSwitch } from '@/lib/services/incident/get-dead-mans-switch'

export const GET = handle({ role: 'viewer' }, ({ ctx }) => getDeadMansSwitch({ ctx }))
