import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { requireStepUp } from '../step-up/require-step-up'
import { requireApproval, type Ask } from './require-approval'
import { tellAdministrators } from './tell-administrators'

/**
 * Guards every change that destroys something, shortens retention or gives access away: the person has to authenticate
 * again, and with four eyes another administrator must have approved. All administrators are notified. Call it inside the
 * change's transaction, after every other check and right before the write. Throws `step-up-needed` and `approval-needed`.
 */
export async function guardChange(ctx: ServiceContext, tx: Tx, ask: Ask): Promise<void> {
  await requireStepUp(ctx, tx)
  await requireApproval(ctx, tx, ask)
  const { action, subjectType, subjectId } = ask
  await tellAdministrators(ctx, tx, {
    did: 'made a guarded change',
    body: `${ask.summary}. Was this not agreed? The audit log says where it came from; end the sessions of the person who did it.`,
    facts: { action, subjectType, subjectId },
  })
}
