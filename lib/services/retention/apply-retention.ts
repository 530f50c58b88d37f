import type { ServiceContext } from '../context'
import { recordAudit } from '../audit/record-audit'
import { planSourceRetention, sourceRetentionRules } from './plan-source-retention'

/**
 * Marks what the source's policy no longer keeps. Marking is one transaction under a lock of the source's row, so two
 * workers cannot both count the same backup as the remaining one; the objects are removed afterwards by
 * `removeDeleted`, which can be repeated. Backups that a job uses are left for the next time.
 */
export async function applyRetention(args: {
  ctx: ServiceContext
  sourceId: string
  now: Date
}): Promise<{ marked: { id: string; reason: string }[] }> {
  const { ctx, sourceId, now } = args
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM source WHERE id = ${sourceId}::uuid FOR UPDATE`
    const policy = await sourceRetentionRules(tx, sourceId)
    if (!policy) return { marked: [] }
    const plan = await planSourceRetention(tx, { sourceId, rules: policy.rules, now })
    const doomed = plan.filter((decision) => !decision.keep)
    const inUse = await tx.job.findMany({
      where: { backupId: { in: doomed.map((decision) => decision.id) }, state: { in: ['queued', 'running'] } },
      select: { backupId: true },
    })
    const used = new Set(inUse.map((job) => job.backupId))
    const marked = []
    for (const decision of doomed.filter(({ id }) => !used.has(id))) {
      const reason = decision.reasons.join('; ')
      await tx.backup.update({ where: { id: decision.id }, data: { deletedAt: now, deletedReason: reason } })
      marked.push({ id: decision.id, reason })
    }
    if (marked.length > 0) {
      await recordAudit(tx, ctx.actor, {
        action: 'retention.apply',
        subjectType: 'source',
        subjectId: sourceId,
        detail: { policyId: policy.policyId, deleted: marked },
      })
    }
    return { marked }
  })
}
