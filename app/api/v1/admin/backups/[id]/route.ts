import { deleteBackupSchema, updateBackupSchema } from '@/lib/contracts/backup'
import { idParamsSchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { getBackup } from '@/lib/services/backup/get-backup'
import { updateBackup } from '@/lib/services/backup/update-backup'

export const GET = handle({ role: 'viewer', params: idParamsSchema }, ({ ctx, params }) =>
  getBackup({ ctx, input: params }),
)

export const PATCH = handle(
  { role: 'operator', params: idParamsSchema, body: updateBackupSchema },
  ({ ctx, params, body }) => updateBackup({ ctx, input: { ...body, id: params.id } }),
)

export const DELETE = handle(
  { role: 'admin', params: idParamsSchema, query: deleteBackupSchema },
  ({ ctx, params, query }) => deleteBackup({ ctx, input: { ...query, id: params.id } }),
)
