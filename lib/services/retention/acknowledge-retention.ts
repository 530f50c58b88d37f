import { retentionPauseSchema } from '@/lib/contracts/retention'
import type { Source } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import { toSource } from '@/lib/db/catalog/source'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { resolveIncident } from '../incident/resolve-incident'
import { permit } from '../permit'
import { findSource } from '../source/find-source'
import { readRetentionState } from './retention-state'
import { startRetention } from './start-retention'

/**
 * Someone has looked: the smaller backups are right. Retention goes on, and what is usual is learnt anew from the
 * backup that caused the pause. Throws `retention-not-paused`.
 */
export async function acknowledgeRetention(args: { ctx: ServiceContext; input: { id: string } }): Promise<Source> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const source = await ctx.db.$transaction(async (tx) => {
    const before = await findSource(tx, input.id)
    const pause = parseOrNull(retentionPauseSchema, before.retentionPause)
    if (!pause) {
      throw new HoldfastError('retention-not-paused', `Retention of ${before.name} is not paused.`, {
        remedy: 'Reload the page; someone else may have acknowledged it.',
      })
    }
    const backup = await tx.backup.findUnique({ where: { id: pause.backupId }, select: { startedAt: true } })
    const baselineFrom = (backup?.startedAt ?? ctx.clock.now()).toISOString()
    const row = await tx.source.update({
      where: { id: before.id },
      data: {
        retentionPause: Prisma.DbNull,
        retentionState: toJson({ ...readRetentionState(before.retentionState), baselineFrom }),
      },
    })
    await resolveIncident(tx, ['retention-paused'], before.id, ctx.clock.now())
    await recordAudit(tx, ctx.actor, {
      action: 'retention.acknowledge',
      subjectType: 'source',
      subjectId: before.id,
      detail: { name: before.name, ...pause },
    })
    return row
  })
  await startRetention(ctx, [source.id])
  return toSource(source)
}
