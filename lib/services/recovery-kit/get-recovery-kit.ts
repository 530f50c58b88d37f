import type { RecoveryKitState } from '@/lib/contracts/settings'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readRecoveryKey } from '../settings/read-recovery-key'
import { countOpened } from './count-opened'
import { recoveryKeyState } from './recovery-key-state'

/** The recovery kit's state, and how many of the backups there are it opens. */
export async function getRecoveryKit({ ctx }: { ctx: ServiceContext }): Promise<RecoveryKitState> {
  permit(ctx.actor, 'viewer')
  return readRecoveryKit(ctx.db)
}

export async function readRecoveryKit(tx: Tx): Promise<RecoveryKitState> {
  const key = await readRecoveryKey(tx)
  return {
    ...recoveryKeyState(key),
    hasCheckWord: key?.checkSha256 !== undefined,
    backups: await countOpened(tx, key?.recipient ?? null),
  }
}
