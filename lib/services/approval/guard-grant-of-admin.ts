import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { guardChange } from './guard-change'

/** A person who can create administrators alone could also be the second pair of eyes, so this is guarded as well. */
export async function guardGrantOfAdmin(
  ctx: ServiceContext,
  tx: Tx,
  grant: { email: string; by: 'invitation' | 'account' | 'role' },
): Promise<void> {
  await guardChange(ctx, tx, {
    action: 'user.grant-admin',
    subjectType: 'user',
    subjectId: grant.email,
    summary: `Make ${grant.email} an administrator`,
    input: { by: grant.by },
  })
}
