import type { Job } from '@/lib/contracts/job'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { cancelJob } from '@/lib/services/job/cancel-job'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { startRestore } from '@/lib/services/restore/start-restore'
import type { Holdfast } from './holdfast'
import { measureWorker, type Sample } from './measure'
import type { Server } from './server'

const restoredName = 'holdfast_restore'

export async function backup(holdfast: Holdfast): Promise<{ sample: Sample; backupId: string }> {
  const { ctx, sourceId, destinationId } = holdfast
  let backupId = ''
  const sample = await measureWorker(holdfast.workerPid, async () => {
    const { jobId } = await startBackup({ ctx, input: { sourceId, destinationIds: [destinationId] } })
    const job = await holdfast.succeeded(jobId)
    backupId = job.backupId ?? ''
    const { storedBytes, sourceBytes } = await getBackup({ ctx, input: { id: backupId } })
    return { wallMs: wallMs(job), storedBytes, sourceBytes }
  })
  return { sample, backupId }
}

/** To the fast store and a slow one; the copy that follows is not measured, and stopped. */
export async function backupBesideSlow(holdfast: Holdfast, slowId: string): Promise<Sample> {
  const { ctx, sourceId, destinationId } = holdfast
  let backupId = ''
  const sample = await measureWorker(holdfast.workerPid, async () => {
    const { jobId } = await startBackup({ ctx, input: { sourceId, destinationIds: [destinationId, slowId] } })
    const job = await holdfast.succeeded(jobId, ['succeeded', 'partial'])
    backupId = job.backupId ?? ''
    const { storedBytes, sourceBytes } = await getBackup({ ctx, input: { id: backupId } })
    return { wallMs: wallMs(job), storedBytes, sourceBytes }
  })
  for (const { id } of await ctx.db.job.findMany({ where: { kind: 'copy', backupId } })) {
    await cancelJob({ ctx, input: { id } }).catch(() => undefined)
    await holdfast.succeeded(id, ['succeeded', 'cancelled', 'failed'])
  }
  await deleteBackup({ ctx, input: { id: backupId } }).catch(() => undefined)
  return sample
}

export async function restoreTest(holdfast: Holdfast, backupId: string): Promise<Sample> {
  const { ctx } = holdfast
  return measureWorker(holdfast.workerPid, async () => {
    const { jobId } = await startRestoreTest({ ctx, input: { backupId, level: 'standard' } })
    const job = await holdfast.succeeded(jobId)
    const { evidence } = await getRestoreTest({ ctx, input: { id: job.restoreTestId ?? '' } })
    return { wallMs: wallMs(job), steps: stepsOf(evidence) }
  })
}

export async function restoreNew(holdfast: Holdfast, backupId: string, source: Server): Promise<Sample> {
  const { ctx } = holdfast
  try {
    return await measureWorker(holdfast.workerPid, async () => {
      const target = { database: restoredName, owners: 'keep' as const }
      const { jobId } = await startRestore({ ctx, input: { backupId, target } })
      return { wallMs: wallMs(await holdfast.succeeded(jobId)) }
    })
  } finally {
    await source.query(`DROP DATABASE IF EXISTS ${restoredName}`)
  }
}

function wallMs({ startedAt, finishedAt }: Job): number {
  if (!startedAt || !finishedAt) throw new Error('The job has no times')
  return Date.parse(finishedAt) - Date.parse(startedAt)
}

function stepsOf(evidence: Record<string, unknown> | null): Record<string, number> {
  const steps = evidence?.['steps']
  if (typeof steps !== 'object' || steps === null) return {}
  return Object.fromEntries(
    Object.entries(steps).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}
