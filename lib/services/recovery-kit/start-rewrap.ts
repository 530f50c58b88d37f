import type { Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { unwrappedPeriods } from './rewrap-periods'
import { unwrappedWhere } from './unwrapped-copies'
import { wantedRecipients } from './wanted-recipients'

/** After one that could not do all, the next is begun so much later. */
const pauseMs = 15 * 60_000

/**
 * Starts a job that wraps existing backups for every recipient that must be able to open them, unless one waits or runs
 * already.
 */
export async function startRewrap(ctx: Pick<ServiceContext, 'db'> & { actor: Actor }): Promise<void> {
  try {
    await ctx.db.$transaction((tx) =>
      createJob(ctx, tx, { kind: 'rewrap', input: {}, maxAttempts: 3, exclusiveKey: 'rewrap' }),
    )
  } catch (error) {
    if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
  }
}

/** Starts it again while copies are left: backups that ran while a kit was made, and stores that were away. */
export async function startDueRewrap({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<void> {
  const wanted = await wantedRecipients(ctx.db, ctx.vault)
  const left = await ctx.db.backupCopy.findFirst({ where: unwrappedWhere(wanted), select: { id: true } })
  const ofLogs =
    left ?? (await ctx.db.logPeriod.findFirst({ where: unwrappedPeriods(wanted), select: { period: true } }))
  if (!ofLogs) return
  const lately = await ctx.db.job.findFirst({
    where: {
      kind: 'rewrap',
      OR: [
        { state: { in: ['queued', 'running'] } },
        { state: { in: ['partial', 'failed'] }, createdAt: { gt: new Date(now.getTime() - pauseMs) } },
      ],
    },
    select: { id: true },
  })
  if (!lately) await startRewrap(ctx)
}
