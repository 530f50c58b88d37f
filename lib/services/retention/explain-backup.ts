import type { BackupRetention } from '@/lib/contracts/retention'
import { planCopies } from '@/lib/core/retention/plan-copies'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { effectiveRules, plainRules } from './effective-rules'
import { loadHistory } from './load-history'

/** Why a backup is kept today, or why it goes, in each of its destinations; throws `not-found`. */
export async function explainBackup(args: { ctx: ServiceContext; input: { id: string } }): Promise<BackupRetention> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  const backup = found(
    await ctx.db.backup.findUnique({ where: { id: input.id }, select: { sourceId: true, deletedReason: true } }),
    'backup',
  )
  const rules = await effectiveRules(ctx.db, backup.sourceId)
  const { entries, requested } = await loadHistory(ctx.db, backup.sourceId)
  const limited = rules.ofSource.length + rules.ofDestination.size > 0
  const entry = entries.find((one) => one.id === input.id)
  if (!entry) {
    // Asked to be deleted, deleted already, or still running.
    const going = requested.some((one) => one.id === input.id)
    const reasons = [backup.deletedReason ?? (going ? 'deleted by request' : 'not decided on')]
    return { limited, keep: !going && backup.deletedReason === null, reasons, copies: [] }
  }
  const decision = found(
    planCopies(entries, plainRules(rules), ctx.clock.now()).find((one) => one.id === input.id),
    'backup',
  )
  return {
    limited,
    keep: decision.keep,
    reasons: decision.reasons,
    copies: decision.copies.map((copy) => ({
      ...copy,
      destinationName:
        entry.copies.find((one) => one.destinationId === copy.destinationId)?.destinationName ?? copy.destinationId,
    })),
  }
}
