import type { BackupDetail } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { backupInclude, toBackupDetail } from '@/lib/db/catalog/backup'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { refreshNotice } from '../retention/refresh-notice'

/**
 * Takes back a deletion whose grace time is not over. One that a policy planned would be planned again at once, so the
 * backup is pinned; one that was asked for is simply kept. Throws `not-found`, `nothing-to-undo`.
 */
export async function restoreDeletion(args: { ctx: ServiceContext; input: { id: string } }): Promise<BackupDetail> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const now = ctx.clock.now()
  return ctx.db.$transaction(async (tx) => {
    const seen = found(await tx.backup.findUnique({ where: { id: input.id }, include: { source: true } }), 'backup')
    await tx.$queryRaw`SELECT id FROM source WHERE id = ${seen.sourceId}::uuid FOR UPDATE`
    const backup = await tx.backup.findUniqueOrThrow({ where: { id: input.id }, include: { copies: true } })
    const waiting = backup.copies.filter((copy) => copy.deleteAfter !== null && copy.state !== 'deleted')
    if (backup.deletedAt || (backup.deleteAfter === null && waiting.length === 0)) {
      throw new HoldfastError(
        'nothing-to-undo',
        backup.deletedAt ? 'This backup is deleted already.' : 'No deletion of this backup is planned.',
        { remedy: backup.deletedAt ? 'Restore from another backup.' : 'Pin it, if it must be kept whatever comes.' },
      )
    }
    const pin = backup.deleteCause !== 'request'
    await tx.backupCopy.updateMany({
      where: { id: { in: waiting.map((copy) => copy.id) } },
      data: { deleteAfter: null, deleteReason: null },
    })
    const row = await tx.backup.update({
      where: { id: backup.id },
      data: { deleteAfter: null, deletedReason: null, deleteCause: null, ...(pin ? { pinned: true } : {}) },
      include: backupInclude,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'backup.keep',
      subjectType: 'backup',
      subjectId: backup.id,
      detail: { sourceId: backup.sourceId, wasToGo: backup.deleteAfter, reason: backup.deletedReason, pinned: pin },
    })
    await refreshNotice(tx, { source: seen.source, added: false, now })
    return toBackupDetail(row)
  })
}
