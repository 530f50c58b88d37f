import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { requireStepUp } from '../step-up/require-step-up'
import { requireApproval, type Ask } from './require-approval'
import { tellAdministrators } from './tell-administrators'

/**
 * What stands before every change that destroys, shortens or gives away: the person shows again who they are, and with
 * four eyes another administrator has agreed. The administrators are told of it. Call it inside the change's transaction,
 * after every other check and right before the writing. Throws `step-up-needed` and `approval-needed`.
 */
export async function guardChange(ctx: ServiceContext, tx: Tx, ask: Ask): Promise<void> {
  await requireStepUp(ctx, tx)
  await requireApproval(ctx, tx, ask)
  const { action, subjectType, subjectId } = ask
  await tellAdministrators(ctx, tx, {
    did: 'made a guarded change',
    body: `${ask.summary}. Was this not agreed? The audit log says from where it came; end the sessions of who did it.`,
    facts: { action, subjectType, subjectId },
  })
}
