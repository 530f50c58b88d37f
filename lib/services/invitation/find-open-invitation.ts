import { actorSchema } from '@/lib/contracts/common'
import { personOf } from '@/lib/core/access/person-of'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { Tx } from '@/lib/db/client'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import { tokenHash } from '../token/token-hash'

/**
 * The invitation that a link is for. It ends when its creator is disabled or stops being an administrator. Throws
 * `invitation-ended`, which does not say whether there ever was one.
 */
export async function findOpenInvitation(tx: Tx, token: string, now: Date): Promise<InvitationModel> {
  const row = await tx.invitation.findUnique({ where: { tokenHash: tokenHash(token) } })
  const open = row && !row.acceptedAt && !row.revokedAt && row.expiresAt > now
  if (open && (await mayStillInvite(tx, row.invitedBy))) return row
  throw invitationEnded()
}

/** Of a person, also of the one behind a token; what nobody stands behind ends by being revoked. */
async function mayStillInvite(tx: Tx, invitedBy: unknown): Promise<boolean> {
  const actor = parseOrNull(actorSchema, invitedBy)
  const personId = actor && personOf(actor)
  if (personId === null) return true
  return (await tx.user.count({ where: { id: personId, role: 'admin', disabledAt: null } })) === 1
}

export function invitationEnded(): HoldfastError {
  return new HoldfastError('invitation-ended', 'This link does not work, or does not work any more.', {
    remedy: 'Ask an administrator for a new one. A link works once, for seven days.',
  })
}
