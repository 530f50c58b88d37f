import { backupFilterSchema, startBackupSchema } from '@/lib/contracts/backup'
import { pageQuerySchema } from '@/lib/contracts/common'
import { handle } from '@/lib/server/handle'
import { listBackups } from '@/lib/services/backup/list-backups'
import { startBackup } from '@/lib/services/backup/start-backup'

export const GET = handle(
  { role: 'viewer', query: pageQuerySchema.extend(backupFilterSchema.shape) },
  ({ ctx, query }) => listBackups({ ctx, input: query }),
)

export const POST = handle({ role: 'operator', body: startBackupSchema, status: 202 }, ({ ctx, body }) =>
  startBackup({ ctx, input: body }),
)
