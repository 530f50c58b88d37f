import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { storedTargetSchema } from '@/lib/db/catalog/restore'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { checkStored } from '@/lib/pipeline/check-stored'
import { methodOfBackup } from '@/lib/services/backup/method-of'
import { openChain } from '@/lib/services/backup/open-chain'
import type { OpenCopy } from '@/lib/services/backup/open-copy'
import { partOpener, partRanges, readableCopy } from '@/lib/services/backup/part-opener'
import { assertLease } from '@/lib/services/job/assert-lease'
import { checkGrant, checkServer } from '@/lib/services/restore/check-target'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { sandboxOrder } from '../sandbox-order'
import type { RunContext } from '@/lib/ports/run-context'
import type { Task } from '../task'

/**
 * Restores to a new place. Every stored byte that is needed is read and checked before the first row is written:
 * a damaged backup must not leave half a restore behind.
 */
export const restoreTask: Task = {
  async run(args) {
    const { ctx, job, run, home } = args
    const row = await ctx.db.restore.findFirst({ where: { jobId: job.id } })
    if (!row || !job.backupId) throw new HoldfastError('not-found', 'The backup of this restore was deleted.')
    const target = storedTargetSchema.parse(row.target)
    const source = await ctx.db.source.findFirst({ where: { id: target.sourceId, deletedAt: null } })
    if (!source) throw new HoldfastError('not-found', 'The source whose server this restore goes to was deleted.')
    const backup = await ctx.db.backup.findUnique({ where: { id: job.backupId }, include: { source: true } })
    if (!backup) throw new HoldfastError('not-found', 'The backup of this restore was deleted.')
    const ends = { source: backup.source, target: source }
    // What held when it was asked for need not hold any more: roles change, and grants are withdrawn.
    await checkServer(ctx, ends, run)
    const startedAt = ctx.clock.now()
    await ctx.db.$transaction(async (tx) => {
      await assertLease(tx, job)
      await checkGrant(tx, ends)
      await tx.restore.update({ where: { id: row.id }, data: { state: 'running', startedAt } })
    })
    const { copy, before, close } = await openChain(ctx, { backupId: job.backupId }, run)
    const readable = (each: OpenCopy) => ({
      ...readableCopy(each),
      open: partOpener(each, { storedBytesOnly: true }),
      ranges: partRanges(each),
      check: (parts: ManifestPart[], checking: RunContext) =>
        checkStored(each.storage, (part) => each.keyOf(part), parts, checking),
    })
    try {
      run.logger.info('reading from', { destination: copy.destinationName })
      const { warnings } = await methodOfBackup(ctx, copy.manifest).restore(
        {
          ...readable(copy),
          before: before.map(readable),
          target: { ...target, source: await sourceSpec(ctx, source) },
          keepOut: (await sandboxOrder(ctx, home)).keepOut,
        },
        run,
      )
      for (const warning of warnings) run.logger.warn(warning)
      const finishedAt = ctx.clock.now()
      return {
        outcome: { type: 'succeeded' },
        commit: async (tx) => {
          await tx.restore.update({
            where: { id: row.id },
            data: { state: 'succeeded', finishedAt, durationMs: finishedAt.getTime() - startedAt.getTime() },
          })
        },
      }
    } finally {
      await close()
    }
  },
}
