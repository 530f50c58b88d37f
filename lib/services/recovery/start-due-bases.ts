import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupKind } from '@/lib/contracts/backup-kind'
import { baseMethod } from '@/lib/contracts/engines/index'
import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { ServiceContext } from '@/lib/services/context'
import { createJob } from '@/lib/services/job/create-job'
import { openWindow } from './has-open-window'

/** After one that failed for good, so that a server that refuses them is not asked all the time. */
const pauseMs = 15 * 60_000

/**
 * Starts a base backup for every source whose log is followed and leads to no window: after continuous protection was switched on,
 * after a gap, and on a timeline that cannot be reached from the one before.
 */
export async function startDueBases({ ctx, now }: { ctx: ServiceContext; now: Date }): Promise<void> {
  const streams = await ctx.db.logStream.findMany({
    where: { state: 'streaming', source: { deletedAt: null } },
    include: { source: true },
  })
  for (const { source, ...stream } of streams) {
    const method = baseMethod(source.engine)
    const { isOpen, from } = await openWindow(ctx, source, stream)
    const isNoted = isOpen === stream.hasWindow && from?.getTime() === stream.windowFrom?.getTime()
    if (!isNoted) await noteWindow(ctx, stream, { hasWindow: isOpen, windowFrom: from })
    if (!method || isOpen) continue
    if (await wasTriedLately(ctx, { sourceId: source.id, kind: method.kind, now })) continue
    await start(ctx, source, stream, method.kind)
  }
}

/** Unless the follower has begun anew meanwhile. */
async function noteWindow(
  ctx: ServiceContext,
  { sourceId, fence }: LogStreamModel,
  data: Pick<LogStreamModel, 'hasWindow' | 'windowFrom'>,
): Promise<void> {
  await ctx.db.logStream.updateMany({ where: { sourceId, fence }, data })
}

async function wasTriedLately(
  ctx: ServiceContext,
  { sourceId, kind, now }: { sourceId: string; kind: BackupKind; now: Date },
): Promise<boolean> {
  const tried = await ctx.db.job.count({
    where: {
      sourceId,
      kind: 'backup',
      input: { path: ['method'], equals: kind },
      OR: [
        { state: { in: ['queued', 'running'] } },
        { finishedAt: { gt: new Date(now.getTime() - pauseMs) }, state: { not: 'succeeded' } },
      ],
    },
  })
  return tried > 0
}

async function start(
  ctx: ServiceContext,
  source: SourceModel,
  stream: Pick<LogStreamModel, 'destinationIds'>,
  kind: BackupKind,
): Promise<void> {
  try {
    await ctx.db.$transaction((tx) =>
      createJob(ctx, tx, {
        kind: 'backup',
        input: { destinationIds: stream.destinationIds, method: kind },
        sourceId: source.id,
        maxAttempts: commonOptionsSchema.parse(source.options).maxAttempts,
        exclusiveKey: source.id,
      }),
    )
    ctx.logger.info('a base backup starts: none leads to the log that is stored now', { sourceId: source.id })
  } catch (error) {
    if (!(error instanceof HoldfastError && error.code === 'already-running')) throw error
  }
}
