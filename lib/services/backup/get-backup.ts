import type { BackupDetail } from '@/lib/contracts/backup'
import { backupInclude, toBackupDetail } from '@/lib/db/catalog/backup'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** One backup with its log and manifest; throws `not-found`. */
export async function getBackup(args: { ctx: ServiceContext; input: { id: string } }): Promise<BackupDetail> {
  permit(args.ctx.actor, 'viewer')
  const row = await args.ctx.db.backup.findUnique({ where: { id: args.input.id }, include: backupInclude })
  return toBackupDetail(found(row, 'backup'))
}
