import { z } from 'zod'
import { type BackupKind, backupKindSchema } from '@/lib/contracts/backup-kind'
import type { Failure, JobState } from '@/lib/contracts/common'
import { destinationOptionsSchema } from '@/lib/contracts/operations'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { copyRetryMs } from '@/lib/core/copy/copy-retry'
import { openedBy } from '@/lib/core/repository/opened-by'
import { backupFolder } from '@/lib/core/repository/paths'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import { methodFor } from '@/lib/services/backup/method-for'
import { removeDeleted } from '@/lib/services/cleanup/remove-deleted'
import { createCopyJob } from '@/lib/services/copy/create-copy-job'
import { noteBehind } from '@/lib/services/copy/note-behind'
import { copiesMissing, raisePartial, resolvePartial } from '@/lib/services/copy/update-partial-backup'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { reconcileSafetyNets } from '@/lib/services/destination/reconcile-safety-nets'
import { judgeBackup } from '@/lib/services/insight/judge-backup'
import { resolveIncident } from '@/lib/services/incident/resolve-incident'
import { assertLease } from '@/lib/services/job/assert-lease'
import { createJob } from '@/lib/services/job/create-job'
import { advanceChain } from '@/lib/services/signature/sign-manifest'
import { writeLists } from '@/lib/services/signature/write-lists'
import { effectiveRules } from '@/lib/services/retention/effective-rules'
import { retentionApplies } from '@/lib/services/retention/retention-applies'
import { noteCatalog } from '@/lib/services/source/note-catalog'
import { sourceSpec } from '@/lib/services/source/source-spec'
import type { Task, TaskArgs, TaskEnd } from '../task'
import { DestinationRun } from './backup/destination-run'
import { findParent } from './backup/find-parent'
import { storeBackup } from './backup/store-backup'

const inputSchema = z.object({
  destinationIds: z.array(z.uuid()).min(1),
  /** Absent: as the engine usually does. */
  method: backupKindSchema.optional(),
  /** A restore test that follows once it succeeded. */
  thenTest: z.enum(['quick', 'standard', 'comprehensive']).optional(),
})

/** Takes one backup: opens its row, streams it to every destination, and commits. */
export const backupTask: Task = {
  async run(args) {
    const { ctx, job } = args
    const input = inputSchema.parse(job.input)
    const source = await ctx.db.source.findFirst({ where: { id: job.sourceId ?? '', deletedAt: null } })
    if (!source) throw new HoldfastError('not-found', 'The source of this backup was deleted.')
    const destinations = await ctx.db.destination.findMany({
      where: { id: { in: input.destinationIds }, deletedAt: null },
    })
    if (destinations.length === 0) {
      throw new HoldfastError('destination-needed', 'None of the destinations of this backup exists any more.', {
        remedy: 'Choose a destination in the schedule.',
      })
    }
    const method = methodFor(source, input.method ?? null)
    const chain = await findParent(args, source, method, input.destinationIds)
    const startedAt = ctx.clock.now()
    const backup = await openRow(
      args,
      { sourceId: source.id, kind: chain || !method.buildsOn ? method.kind : method.buildsOn, dependsOn: chain ?? [] },
      startedAt,
      destinations.map((destination) => destination.id),
    )
    const spec = await sourceSpec(ctx, source)
    const runs = await Promise.all(
      destinations.map(async (destination) => {
        const { alwaysWait = false } = destinationOptionsSchema.parse(destination.options)
        const storage = ctx.openStorage(await destinationSpec(ctx, destination))
        return new DestinationRun(destination.id, destination.name, storage, alwaysWait)
      }),
    )
    try {
      const stored = await storeBackup({
        args,
        spec,
        method,
        chain,
        backup: { ...backup, startedAt },
        destinations: runs,
      })
      const missing = runs.filter((destination) => !destination.isLive)
      return {
        outcome: missing.length === 0 ? { type: 'succeeded' } : { type: 'partial', failure: missingCopies(missing) },
        commit: (tx, state) =>
          commitBackup(args, tx, { state, backupId: backup.id, startedAt, stored, runs, sourceName: source.name }),
      } satisfies TaskEnd
    } finally {
      for (const destination of runs) await destination.storage.close()
    }
  },

  async after(args, state) {
    const { ctx, job } = args
    if (!job.sourceId) return
    const backups = await ctx.db.backup.findMany({ where: { jobId: job.id }, select: { id: true, status: true } })
    // What a failed run left in the stores goes at once, even when the run itself was stopped.
    const run = { ...args.run, signal: AbortSignal.timeout(60_000) }
    if (state !== 'succeeded') await removeDeleted({ ctx, backupIds: backups.map((backup) => backup.id), run })
    if (state !== 'succeeded' && state !== 'partial') return
    const { thenTest, destinationIds } = inputSchema.parse(job.input)
    await reconcileSafetyNets({ ctx, destinationIds, run })
    await writeLists(ctx, { sourceId: job.sourceId, destinationIds }, run)
    const sourceId = job.sourceId
    const done = backups.find((backup) => backup.status === state)
    if (await retentionApplies(ctx.db, sourceId)) {
      await startQuietly(args, { kind: 'retention', input: {}, sourceId, maxAttempts: 3, exclusiveKey: sourceId })
    }
    if (thenTest && done) {
      await startQuietly(args, {
        kind: 'restore-test',
        input: { level: thenTest },
        sourceId,
        backupId: done.id,
        maxAttempts: 2,
        exclusiveKey: `${done.id}:${thenTest}`,
      })
    }
    if (done) await judgeBackup({ ctx, input: { sourceId, backupId: done.id } })
  },

  async abandon(args) {
    const { ctx, job } = args
    const lost = await ctx.db.backup.findMany({ where: { jobId: job.id, status: 'interrupted' }, select: { id: true } })
    const backupIds = lost.map((backup) => backup.id)
    // A clean-up may have been there before our last write: look again.
    await ctx.db.backupCopy.updateMany({
      where: { backupId: { in: backupIds }, state: 'failed' },
      data: { deletedAt: null },
    })
    await removeDeleted({ ctx, backupIds, run: { ...args.run, signal: AbortSignal.timeout(60_000) } })
  },
}

/** Starts what follows; when the same is waiting already, that one serves. */
async function startQuietly(args: TaskArgs, job: Parameters<typeof createJob>[2]): Promise<void> {
  try {
    await args.ctx.db.$transaction((tx) => createJob(args.ctx, tx, job))
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'already-running') return
    throw error
  }
}

async function openRow(
  { ctx, job }: TaskArgs,
  { sourceId, kind, dependsOn }: { sourceId: string; kind: BackupKind; dependsOn: string[] },
  startedAt: Date,
  destinationIds: string[],
): Promise<{ id: string; folder: string }> {
  return ctx.db.$transaction(async (tx) => {
    await assertLease(tx, job)
    const [policy] = (await effectiveRules(tx, sourceId)).ofSource
    const row = await tx.backup.create({
      data: {
        sourceId,
        jobId: job.id,
        attempt: job.attempt,
        kind,
        dependsOn,
        status: 'running',
        dueAt: job.dueAt,
        startedAt,
        repositoryPath: '',
        retentionPolicyId: policy?.policyId ?? null,
      },
    })
    const folder = backupFolder(sourceId, row.id, startedAt)
    await tx.backup.update({ where: { id: row.id }, data: { repositoryPath: folder } })
    await tx.backupCopy.createMany({
      data: destinationIds.map((destinationId) => ({ backupId: row.id, destinationId, state: 'uploading' })),
    })
    await tx.job.update({ where: { id: job.id }, data: { backupId: row.id } })
    return { id: row.id, folder }
  })
}

async function commitBackup(
  { ctx, job, logText }: TaskArgs,
  tx: Tx,
  end: {
    state: JobState
    backupId: string
    startedAt: Date
    stored: Awaited<ReturnType<typeof storeBackup>>
    runs: DestinationRun[]
    sourceName: string
  },
): Promise<void> {
  const now = ctx.clock.now()
  const missing = end.runs.filter((destination) => !destination.isLive)
  await tx.backup.update({
    where: { id: end.backupId },
    data: {
      status: end.state,
      kind: end.stored.manifest.method,
      dependsOn: end.stored.chain,
      finishedAt: now,
      durationMs: now.getTime() - end.startedAt.getTime(),
      sourceBytes: end.stored.sourceBytes,
      storedBytes: end.stored.storedBytes,
      manifest: toJson(end.stored.manifest),
      manifestSha256: end.stored.manifestSha256,
      sequence: end.stored.position.sequence,
      signatureSha256: end.stored.position.sha256,
      signature: end.stored.signature,
      measures: toJson(end.stored.manifest.measures),
      identity: end.stored.manifest.identity,
      withheld: end.stored.withheld,
      warnings: end.stored.toolWarnings,
      damagedAtSource: end.stored.damagedAtSource,
      log: logText(),
      ...(missing.length > 0 ? { error: toJson(missingCopies(missing)) } : {}),
    },
  })
  const sourceId = job.sourceId ?? ''
  const wrappedFor = openedBy(end.stored.manifest)
  for (const destination of end.runs) {
    const where = { backupId: end.backupId, destinationId: destination.id }
    if (destination.behind) {
      await noteBehind(tx, { ...where, reason: destination.behind })
      await createCopyJob(ctx, tx, { ...where, sourceId })
      continue
    }
    await tx.backupCopy.update({
      where: { backupId_destinationId: where },
      data: destination.isLive
        ? { state: 'stored', storedBytes: end.stored.storedBytes, storedAt: now, wrappedFor }
        : {
            state: 'failed',
            error: toJson(toFailure(destination.error)),
            retryAt: new Date(now.getTime() + copyRetryMs(0)),
          },
    })
  }
  await noteCatalog(tx, sourceId, end.stored.manifest.facts['holdfastInstance'])
  await advanceChain(tx, sourceId, end.stored.position)
  await resolveIncident(tx, ['backup-failed', 'backup-missed', 'backup-slow'], sourceId, now)
  // A copy that is only behind is reported once it is late.
  if (missing.every(({ behind }) => behind !== null)) return resolvePartial(tx, { sourceId, now })
  await raisePartial(tx, {
    backupId: end.backupId,
    sourceId,
    jobId: job.id,
    source: { name: end.sourceName },
    failure: missingCopies(missing),
    now,
  })
}

function missingCopies(missing: DestinationRun[]): Failure {
  return copiesMissing(
    missing.map(({ name, error, behind }) => ({
      destination: { name },
      state: behind ? 'pending' : 'failed',
      error: behind ?? toFailure(error),
    })),
  )
}
