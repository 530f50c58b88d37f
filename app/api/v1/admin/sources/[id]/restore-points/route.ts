import { idParamsSchema } from '@/lib/contracts/common'
import { createRestorePointSchema } from '@/lib/contracts/recovery/recoveries'
import { handle } from '@/lib/server/handle'
import { createRestorePoint } from '@/lib/services/recovery/create-restore-point'

export const POST = handle(
  { role: 'operator', params: idParamsSchema, body: createRestorePointSchema, status: 201 },
  ({ ctx, params, body }) => createRestorePoint({ ctx, input: { sourceId: params.id, ...body } }),
)
