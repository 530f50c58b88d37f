import type { Recipient } from '@/lib/contracts/repository/manifest'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { readRecoveryKey } from '../settings/read-recovery-key'

/** For whom every copy has to be wrapped: this instance, and the recovery kit once there is one. */
export async function wantedRecipients(
  tx: Tx,
  vault: Pick<ServiceContext['vault'], 'instanceRecipient'>,
): Promise<Recipient[]> {
  const recovery = await readRecoveryKey(tx)
  return [
    { kind: 'instance', id: vault.instanceRecipient },
    ...(recovery ? [{ kind: 'recovery' as const, id: recovery.recipient }] : []),
  ]
}
