import type { CreateRestoreGrant, RestoreGrant } from '@/lib/contracts/people/restore-grant'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { refuseRestore } from '@/lib/core/restore/refuse-restore'
import { restoreGrantInclude, toRestoreGrant } from '@/lib/db/catalog/restore-grant'
import { actorName } from '../actor-name'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from '../source/find-source'

/**
 * Allows that backups of one source are restored with the role of another: what they contain then runs with it. A guarded
 * change. Allowing it once more changes nothing. Throws `target-is-catalog`.
 */
export async function createRestoreGrant(args: {
  ctx: ServiceContext
  input: CreateRestoreGrant & { id: string }
}): Promise<RestoreGrant> {
  const { ctx, input } = args
  permit(ctx.actor, 'admin')
  return ctx.db.$transaction(async (tx) => {
    const source = await findSource(tx, input.id)
    const target = await findSource(tx, input.targetId)
    if (source.id === target.id) {
      throw new HoldfastError('grant-not-needed', "Backups may always be restored to their own source's server.")
    }
    const refusal = refuseRestore({ source, target, granted: true })
    if (refusal) throw refusal
    const ends = { sourceId: source.id, targetId: target.id }
    const given = await tx.restoreGrant.findUnique({
      where: { sourceId_targetId: ends },
      include: restoreGrantInclude,
    })
    if (given) return toRestoreGrant(given)
    await guardChange(ctx, tx, {
      action: 'source.restore-grant',
      subjectType: 'source',
      subjectId: source.id,
      summary: `Allow that backups of "${source.name}" are restored with the role of "${target.name}"`,
      input: { targetId: target.id },
    })
    const row = await tx.restoreGrant.create({
      data: { ...ends, grantedBy: actorName(ctx.actor), grantedAt: ctx.clock.now() },
      include: restoreGrantInclude,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'restore.grant',
      subjectType: 'source',
      subjectId: source.id,
      detail: { name: source.name, target: target.name, targetId: target.id },
    })
    return toRestoreGrant(row)
  })
}
