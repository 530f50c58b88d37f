import { idParamsSchema } from '@/lib/contracts/common'
import { createRestoreGrantSchema } from '@/lib/contracts/people/restore-grant'
import { handle } from '@/lib/server/handle'
import { createRestoreGrant } from '@/lib/services/restore-grant/create-restore-grant'
import { listRestoreGrants } from '@/lib/services/restore-grant/list-restore-grants'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  listRestoreGrants({ ctx, input: params }),
)

export const POST = handle(
  { role: 'admin', params: idParamsSchema, body: createRestoreGrantSchema, status: 201 },
  ({ ctx, params, body }) => createRestoreGrant({ ctx, input: { ...body, id: params.id } }),
)
