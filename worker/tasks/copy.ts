import { z } from 'zod'
import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { awaitCopy, claimCopy } from '@/lib/services/copy/claim-copy'
import { failCopy } from '@/lib/services/copy/fail-copy'
import { finishCopy } from '@/lib/services/copy/finish-copy'
import { openGoodSources } from '@/lib/services/copy/open-good-sources'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { assertLease } from '@/lib/services/job/assert-lease'
import { removeFolder } from '@/lib/services/cleanup/remove-folder'
import { writeLists } from '@/lib/services/signature/write-lists'
import { recordFinding } from '@/lib/services/storage-care/record-finding'
import { checkStored } from '@/lib/pipeline/check-stored'
import { Throttle } from '@/lib/pipeline/throttle'
import type { SealedCopy } from '@/lib/services/backup/open-sealed-copy'
import type { Storage } from '@/lib/ports/storage'
import type { Task, TaskArgs, TaskEnd } from '../task'
import { SourceTrouble, storeCopy } from './copy/store-copy'

const inputSchema = z.object({ destinationId: z.uuid() })

/** Stores one copy of a backup from another copy of it: the bytes as they lie there, nothing is decrypted. */
export const copyTask: Task = {
  async run(args) {
    const { ctx, job, run } = args
    const { destinationId } = inputSchema.parse(job.input)
    const backupId = job.backupId ?? ''
    try {
      return await copyBackup(args, { backupId, destinationId })
    } catch (error) {
      run.signal.throwIfAborted()
      if (error instanceof HoldfastError && error.code === 'lease-lost') throw error
      const failure = toFailure(error)
      run.logger.error(failure.message, { code: failure.code })
      return {
        // The copy's own row says when it is tried again.
        outcome: { type: 'failed', failure, transient: false },
        commit: (tx) => failCopy(tx, { backupId, destinationId, failure, retry: true, now: ctx.clock.now() }),
      }
    }
  },

  async after({ ctx, job, run }, state) {
    if (state !== 'succeeded' || !job.sourceId) return
    const { destinationId } = inputSchema.parse(job.input)
    const within = { ...run, signal: AbortSignal.timeout(60_000) }
    await writeLists(ctx, { sourceId: job.sourceId, destinationIds: [destinationId] }, within)
  },
}

async function copyBackup(
  args: TaskArgs,
  { backupId, destinationId }: { backupId: string; destinationId: string },
): Promise<TaskEnd> {
  const { ctx, run } = args
  const backup = await ctx.db.backup.findFirst({
    where: { id: backupId, deletedAt: null, status: { in: ['succeeded', 'partial'] } },
    include: { source: { select: { options: true } } },
  })
  if (!backup) throw new HoldfastError('not-found', 'The backup to copy was deleted.')
  const destination = await ctx.db.destination.findFirst({ where: { id: destinationId, deletedAt: null } })
  if (!destination) throw new HoldfastError('not-found', 'The destination of this copy was deleted.')
  const { rateLimitBytesPerSecond } = commonOptionsSchema.parse(backup.source.options)
  const throttle = rateLimitBytesPerSecond ? new Throttle(rateLimitBytesPerSecond) : undefined
  const target = ctx.openStorage(await destinationSpec(ctx, destination))
  try {
    let claimed: string | null = null
    for await (const source of openGoodSources(ctx, { backup, exceptDestinationId: destinationId }, run)) {
      try {
        if (!claimed) {
          await checkBeforeReplacing(args, source, { backupId, destinationId })
          claimed = await claim(args, { backupId, destinationId })
        }
        if (!claimed) return alreadyStored
        const storedBytes = await storeFrom(args, { source, target, folder: backup.repositoryPath, throttle })
        const copyId = claimed
        run.logger.info(`copied to ${destination.name}`, { from: source.destinationName, storedBytes })
        return {
          outcome: { type: 'succeeded' },
          commit: (tx) => finishCopy(tx, { copyId, storedBytes, wrappedFor: source.wrappedFor, now: ctx.clock.now() }),
        }
      } catch (error) {
        if (!(error instanceof SourceTrouble)) throw error
        await noteTrouble(args, source, error, backupId)
      }
    }
    throw new HoldfastError('no-copy', 'There is no good copy of this backup to copy from.', {
      remedy: 'Check the destinations of the backup.',
    })
  } finally {
    await target.close()
  }
}

const alreadyStored: TaskEnd = { outcome: { type: 'succeeded' }, commit: async () => undefined }

/**
 * What lies in the target may be damaged and still be better than nothing. It is replaced only by a copy that was read to
 * its end and found whole.
 */
async function checkBeforeReplacing(
  { ctx, run }: TaskArgs,
  source: SealedCopy,
  where: { backupId: string; destinationId: string },
): Promise<void> {
  const copy = await ctx.db.backupCopy.findUnique({ where: { backupId_destinationId: where } })
  if (copy?.state !== 'damaged' && copy?.state !== 'missing') return
  try {
    await checkStored(source.storage, (part) => source.keyOf(part), source.manifest.parts, run)
  } catch (error) {
    run.signal.throwIfAborted()
    throw new SourceTrouble(error)
  }
}

/** The copy's id once this run may write it; null when it is stored already. */
function claim({ ctx, job }: TaskArgs, where: { backupId: string; destinationId: string }): Promise<string | null> {
  return ctx.db.$transaction(
    async (tx) => {
      const id = await awaitCopy(tx, where)
      await assertLease(tx, job)
      return (await claimCopy(tx, id)) ? id : null
    },
    // It may have to wait until the left-overs of an earlier attempt are removed.
    { timeout: 180_000 },
  )
}

async function storeFrom(
  args: TaskArgs,
  input: { source: SealedCopy; target: Storage; folder: string; throttle: Throttle | undefined },
): Promise<number> {
  await removeFolder(input.target, input.folder, args.run)
  return storeCopy({ ...input, beforeManifest: () => args.assertLease() }, args.run)
}

/** A copy that turns out to be damaged while it is read is marked as damaged, and the next one is tried. */
async function noteTrouble({ ctx, run }: TaskArgs, source: SealedCopy, trouble: SourceTrouble, backupId: string) {
  const failure = toFailure(trouble.cause)
  run.logger.warn(`the copy in ${source.destinationName} cannot be copied from`, { ...failure })
  const state =
    failure.code === 'object-damaged' ? 'damaged' : failure.code === 'object-not-found' ? 'missing' : 'unknown'
  const where = { backupId_destinationId: { backupId, destinationId: source.destinationId } }
  const copy = await ctx.db.backupCopy.findUnique({ where })
  if (!copy) return
  const finding = { copyId: copy.id, destinationName: source.destinationName, state, failure, note: null } as const
  await ctx.db.$transaction((tx) => recordFinding(tx, finding, { readBack: false, now: ctx.clock.now() }))
}
