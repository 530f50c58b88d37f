import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogNow } from '@/lib/db/catalog-now'
import { storedRecoverySchema } from '@/lib/db/catalog/recovery'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { holdBackup } from '@/lib/services/backup/hold-backup'
import { assertLease } from '@/lib/services/job/assert-lease'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { recoveryMethodOf } from '@/lib/services/recovery/recovery-method-of'
import { showPlan } from '@/lib/services/recovery/show-plan'
import { findSource } from '@/lib/services/source/find-source'
import { sourceOptions } from '@/lib/services/source/source-options'
import { sandboxOrder } from '../sandbox-order'
import type { Task } from '../task'
import { openPlanned } from './recovery/open-planned'
import { serveLook } from './recovery/serve-look'
import { takeOut } from './recovery/take-out'

/** Recovers a source to a point: to be looked at until somebody ends it, to take data out of it, or to hand its data directory over. */
export const recoveryTask: Task = {
  async run(args) {
    const { ctx, job, run, home } = args
    const row = await ctx.db.recovery.findFirst({ where: { jobId: job.id } })
    if (!row) throw new HoldfastError('not-found', 'The recovery of this job was removed.')
    const { id } = row
    const source = await findSource(ctx.db, row.sourceId)
    const { use, take, directory, ...asked } = storedRecoverySchema.parse(row.input)
    const note = (data: Prisma.RecoveryUpdateInput) =>
      ctx.db.$transaction(async (tx) => {
        await assertLease(tx, job)
        await tx.recovery.update({ where: { id }, data })
      })
    // Also when another worker had it before, and handed it back.
    await note({ state: 'running', error: Prisma.DbNull, reached: Prisma.DbNull, finishedAt: null, readyAt: null })
    // That code of the database may run here unconfined was accepted; not that people may read this machine by SQL.
    const sandbox = await sandboxOrder(ctx, home, use !== 'look' && sourceOptions(source).acceptUnconfined)
    const keepOut = sandbox.keepOut.paths
    if (directory !== undefined) await recoveryMethodOf(ctx, source).checkDirectory(directory, keepOut)
    const point = await openPlanned(
      ctx,
      {
        ...{ source, asked, sandbox },
        use: use === 'look' ? 'look' : 'change',
        onPlan: (plan) =>
          ctx.db.$transaction(async (tx) => {
            await assertLease(tx, job)
            // From here on retention leaves it and its log alone.
            await holdBackup(tx, plan.base.backupId)
            await tx.job.update({ where: { id: job.id }, data: { backupId: plan.base.backupId } })
            await tx.recovery.update({
              where: { id },
              data: { plan: toJson(showPlan(logMethodOf(ctx, source), plan)) },
            })
          }),
      },
      run,
    )
    let state: Recovery['state'] = 'finished'
    const notes = [...point.notes]
    try {
      const { reached, databases, steps } = point
      await note({
        reached: toJson({ ...reached, time: reached.time?.toISOString() ?? null }),
        ...{ databases, notes, steps },
      })
      run.logger.info('the point was reached', { position: reached.position, timeline: reached.timeline })
      if (take) notes.push(...(await takeOut(args, { source, take, point })))
      else if (directory !== undefined) notes.push(...(await point.handOver(directory, keepOut, run)))
      else {
        await serveLook(args, id, point)
        state = 'closed'
      }
    } finally {
      run.progress({ phase: 'removing the sandbox', doneBytes: 0 })
      await point.close()
    }
    return {
      outcome: { type: 'succeeded' },
      commit: async (tx) => {
        // Of somebody who did not wait for it.
        await tx.recoveryQuery.deleteMany({ where: { recoveryId: id } })
        await tx.recovery.update({
          where: { id },
          data: { state, notes, steps: point.steps, finishedAt: await catalogNow(tx) },
        })
      },
    }
  },
}
