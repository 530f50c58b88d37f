import type { ConfirmedAction } from '@/lib/contracts/people/access'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { requireStepUp } from '../step-up/require-step-up'
import { tellAdministrators } from './tell-administrators'

export interface Confirmed {
  action: ConfirmedAction
  subjectType: string
  subjectId: string
  /** One line for the notified administrators: what is done to what. Holds no secrets. */
  summary: string
}

const did: Record<ConfirmedAction, string> = {
  'source.accept-unconfined': 'let the code of a database run unconfined',
  'source.encryption-off': 'switched encryption off',
  'source.other-server': 'changed the server of a source',
  'destination.create': 'added a destination',
  'destination.change': 'changed a destination',
  'channel.change': 'changed where alerts go',
  'channel.delete': 'removed an alert channel',
  'backup.download': 'downloads a backup',
  'restore.start': 'restores a backup',
  'recovery.start': 'recovers a source to a point in time',
  'user.disable': 'took access away',
  'token.create-endless': 'made an API token without an end',
}

/**
 * Guards what one administrator may do alone, but a stolen session must not: the person has to authenticate again, and the
 * administrators are notified. Call it inside the change's transaction, after every other check and right before the write.
 * Throws `step-up-needed`.
 */
export async function confirmChange(ctx: ServiceContext, tx: Tx, change: Confirmed): Promise<void> {
  await requireStepUp(ctx, tx)
  await tellAdministrators(ctx, tx, newsOf(change))
}

/** The words and facts of what was done, for its notification. */
export function newsOf({ action, subjectType, subjectId, summary }: Confirmed) {
  return {
    did: did[action],
    body: `${summary}. Was this not agreed? The audit log says where it came from; end the sessions of the person who did it.`,
    facts: { action, subjectType, subjectId },
  }
}
