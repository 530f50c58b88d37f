import { updateChannelSchema } from '@/lib/contracts/alerting/alert'
import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { deleteChannel } from '@/lib/services/channel/delete-channel'
import { getChannel } from '@/lib/services/channel/get-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getChannel({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'admin', params: idParamsSchema, body: updateChannelSchema },
  ({ ctx, params, body }) => updateChannel({ ctx, input: { id: params.id, patch: body } }),
)

export const DELETE = handle({ role: 'admin', params: idParamsSchema }, ({ ctx, params }) =>
  deleteChannel({ ctx, input: params }),
)
