import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { createChannel } from '@/lib/services/channel/create-channel'
import { listChannels } from '@/lib/services/channel/list-channels'

export const GET = handle({ role: 'viewer', query: pageQuerySchema }, ({ ctx, query }) =>
  listChannels({ ctx, input: query }),
)

export const POST = handle({ role: 'admin', body: createChannelSchema, status: 201 }, ({ ctx, body }) =>
  createChannel({ ctx, input: body }),
)
