import type { InvitationFace } from '@/lib/contracts/people/access'
import { roleSchema } from '@/lib/contracts/common'
import type { ServiceContext } from '../context'
import { findOpenInvitation } from './find-open-invitation'

/** Which person a link is for and what it does. Open to anyone who has the link. Throws `invitation-ended`. */
export async function lookUpInvitation({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: { token: string }
}): Promise<InvitationFace> {
  const row = await findOpenInvitation(ctx.db, input.token, ctx.clock.now())
  return {
    email: row.email,
    name: row.name,
    role: roleSchema.parse(row.role),
    purpose: row.userId === null ? 'account' : 'password',
    expiresAt: row.expiresAt.toISOString(),
  }
}
