import type { Failure } from '@/lib/contracts/common'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { closeCopy } from '../copy/close-copy'

/**
 * Closes whatever a run left open (its backup, restore test, restore or recovery) when it did not reach its own end. Every kind
 * is closed here, so that recovery after a crash and an orderly failure cannot differ.
 */
export async function closeRows(
  tx: Tx,
  jobId: string,
  end: { state: 'failed' | 'cancelled' | 'interrupted'; failure: Failure; now: Date; log?: string },
): Promise<void> {
  const error = toJson(end.failure)
  const backups = await tx.backup.findMany({
    where: { jobId, status: 'running' },
    select: { id: true, startedAt: true },
  })
  for (const backup of backups) {
    await tx.backup.update({
      where: { id: backup.id },
      data: {
        status: end.state,
        finishedAt: end.now,
        durationMs: end.now.getTime() - backup.startedAt.getTime(),
        error,
        ...(end.log === undefined ? {} : { log: end.log }),
      },
    })
    await tx.backupCopy.updateMany({
      where: { backupId: backup.id, state: { in: ['pending', 'uploading'] } },
      data: { state: 'failed', error },
    })
  }
  await closeCopy(tx, jobId, end)
  const tests = await tx.restoreTest.findMany({
    where: { jobId, finishedAt: null },
    select: { id: true, startedAt: true },
  })
  for (const test of tests) {
    await tx.restoreTest.update({
      where: { id: test.id },
      data: {
        verdict: 'inconclusive',
        finishedAt: end.now,
        durationMs: end.now.getTime() - test.startedAt.getTime(),
        error,
      },
    })
  }
  const restores = await tx.restore.findMany({
    where: { jobId, finishedAt: null },
    select: { id: true, startedAt: true },
  })
  for (const restore of restores) {
    await tx.restore.update({
      where: { id: restore.id },
      data: {
        state: end.state,
        finishedAt: end.now,
        durationMs: end.now.getTime() - restore.startedAt.getTime(),
        error,
      },
    })
  }
  await tx.recoveryQuery.deleteMany({ where: { recovery: { jobId } } })
  await tx.recovery.updateMany({
    where: { jobId, finishedAt: null },
    data:
      end.state === 'cancelled'
        ? { state: 'closed', finishedAt: end.now, expiresAt: null }
        : { state: 'failed', finishedAt: end.now, expiresAt: null, error },
  })
}
