import type { RestorePoint } from '@/lib/contracts/recovery/continuous'
import type { CreateRestorePoint } from '@/lib/contracts/recovery/recoveries'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { briefRun } from '@/lib/services/brief-run'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { permit } from '@/lib/services/permit'
import { findSource } from '@/lib/services/source/find-source'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { recoveryMethodOf } from './recovery-method-of'

const timeoutMs = 20_000

/**
 * Gives this moment a name in the log of a source, which can be recovered to by it. Throws `name-taken`, `continuous-off`, and what the
 * server says, such as `privilege-missing` with the SQL that grants it.
 */
export async function createRestorePoint(args: {
  ctx: ServiceContext
  input: CreateRestorePoint & { sourceId: string }
}): Promise<RestorePoint> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const { sourceId, name } = input
  const source = await findSource(ctx.db, sourceId)
  const recovery = recoveryMethodOf(ctx, source)
  const stream = await ctx.db.logStream.findUnique({ where: { sourceId } })
  if (!stream?.identity) {
    throw new HoldfastError(
      'continuous-off',
      'The log of this source is not followed, so a name in it would be lost.',
      {
        remedy: 'Switch continuous protection on, and wait until the log is streaming.',
      },
    )
  }
  // By its name the server would stop at the first of two.
  if ((await ctx.db.restorePoint.count({ where: { sourceId, identity: stream.identity, name } })) > 0) throw taken(name)
  const point = await recovery.markPoint(await sourceSpec(ctx, source), name, briefRun(ctx, timeoutMs))
  const { identity, timeline, position, at } = point
  await ctx.db.$transaction(async (tx) => {
    const order = logMethodOf(ctx, source).order(position)
    const { count } = await tx.restorePoint.createMany({
      data: [{ sourceId, identity, timeline, name, position, order, at, actor: toJson(ctx.actor) }],
      skipDuplicates: true,
    })
    if (count === 0) throw taken(name)
    // Else it would wait for the next commit, without which nothing is stored.
    await tx.logStream.updateMany({
      where: { sourceId, OR: [{ wantedOrder: null }, { wantedOrder: { lt: order } }] },
      data: { wantedOrder: order },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'restore-point.create',
      subjectType: 'source',
      subjectId: sourceId,
      detail: { name, position, timeline },
    })
  })
  return { name, timeline, position, at: at.toISOString() }
}

const taken = (name: string) =>
  new HoldfastError('name-taken', `This source has a restore point ${name} already.`, {
    remedy: 'Choose another name.',
  })
