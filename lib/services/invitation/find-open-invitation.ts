import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import { tokenHash } from '../token/token-hash'

/** The invitation that a link is for. Throws `invitation-ended`, which does not say whether there ever was one. */
export async function findOpenInvitation(tx: Tx, token: string, now: Date): Promise<InvitationModel> {
  const row = await tx.invitation.findUnique({ where: { tokenHash: tokenHash(token) } })
  if (row && !row.acceptedAt && !row.revokedAt && row.expiresAt > now) return row
  throw invitationEnded()
}

export function invitationEnded(): HoldfastError {
  return new HoldfastError('invitation-ended', 'This link does not work, or does not work any more.', {
    remedy: 'Ask an administrator for a new one. A link works once, for seven days.',
  })
}
