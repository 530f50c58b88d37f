import type { StartRestoreTest } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJob } from '@/lib/db/catalog/job'
import { recordAudit } from '../audit/record-audit'
import { goodBackupWhere } from '../backup/good-backups'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { found } from '../not-found'
import { permit } from '../permit'

/**
 * Tests a backup, or the latest good one of a source. Throws `not-found`, `no-good-backup`, `backup-not-restorable`,
 * `already-running`.
 */
export async function startRestoreTest(args: { ctx: ServiceContext; input: StartRestoreTest }): Promise<Started> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  return ctx.db.$transaction(async (tx) => {
    const backup = input.backupId
      ? found(
          await tx.backup.findFirst({ where: { id: input.backupId, deletedAt: null }, include: { copies: true } }),
          'backup',
        )
      : await tx.backup.findFirst({
          where: { ...goodBackupWhere, sourceId: input.sourceId },
          orderBy: { startedAt: 'desc' },
          include: { copies: true },
        })
    if (!backup) {
      found(await tx.source.findFirst({ where: { id: input.sourceId } }), 'source')
      throw new HoldfastError('no-good-backup', 'This source has no good backup to test.', {
        remedy: 'Take a backup first.',
      })
    }
    if (!backup.copies.some((copy) => copy.state === 'stored' || copy.state === 'damaged')) {
      throw new HoldfastError(
        'backup-not-restorable',
        `This backup is ${backup.status} and has nothing stored to test.`,
        {
          remedy: 'Choose one that succeeded.',
        },
      )
    }
    const row = await createJob(ctx, tx, {
      kind: 'restore-test',
      input: { level: input.level },
      sourceId: backup.sourceId,
      backupId: backup.id,
      maxAttempts: 2,
      exclusiveKey: `${backup.id}:${input.level}`,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'restore-test.start',
      subjectType: 'backup',
      subjectId: backup.id,
      detail: { jobId: row.id, level: input.level },
    })
    return { jobId: row.id, job: toJob(row) }
  })
}
