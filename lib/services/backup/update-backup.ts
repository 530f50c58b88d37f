import type { BackupDetail, UpdateBackup } from '@/lib/contracts/backup'
import { backupInclude, toBackupDetail } from '@/lib/db/catalog/backup'
import { fieldChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Pins, unpins or annotates a backup. Retention never removes a pinned one. */
export async function updateBackup(args: {
  ctx: ServiceContext
  input: UpdateBackup & { id: string }
}): Promise<BackupDetail> {
  const { ctx } = args
  permit(ctx.actor, 'operator')
  const { id, ...change } = args.input
  return ctx.db.$transaction(async (tx) => {
    const before = found(await tx.backup.findUnique({ where: { id }, select: { pinned: true, note: true } }), 'backup')
    const row = await tx.backup.update({ where: { id }, data: change, include: backupInclude })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.update',
      subjectType: 'backup',
      subjectId: id,
      detail: { changes: fieldChanges(before, { pinned: row.pinned, note: row.note }) },
    })
    return toBackupDetail(row)
  })
}
