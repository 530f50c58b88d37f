import type { Tx } from '@/lib/db/client'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { requireStepUp } from '../step-up/require-step-up'

/**
 * Letting a source's code run on this machine without being kept apart is asked for by step-up, and audited by itself and
 * not as one setting among others. Taking it back needs nothing.
 */
export async function guardUnconfined(
  ctx: ServiceContext,
  tx: Tx,
  source: { id: string; name: string },
  change: { before: boolean; after: boolean },
): Promise<void> {
  if (change.before === change.after) return
  if (change.after) await requireStepUp(ctx, tx)
  await recordAudit(tx, ctx.actor, {
    action: change.after ? 'source.accept-unconfined' : 'source.refuse-unconfined',
    subjectType: 'source',
    subjectId: source.id,
    detail: { name: source.name },
  })
}
