import { actorSchema, roleSchema } from '../../contracts/common'
import type { Invitation } from '@/lib/contracts/people/access'
import type { InvitationModel } from '../generated/models/Invitation'
import { parseOrNull } from './parse-or-null'

/** An invitation as administrators see it: not its token, which nobody has but who got the link. */
export function toInvitation(row: InvitationModel, now: Date): Invitation {
  const actor = parseOrNull(actorSchema, row.invitedBy)
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleSchema.parse(row.role),
    purpose: row.userId === null ? 'account' : 'password',
    state: row.acceptedAt ? 'accepted' : row.revokedAt ? 'revoked' : row.expiresAt <= now ? 'expired' : 'open',
    invitedBy: actor?.type === 'user' ? actor.email : actor?.type === 'token' ? actor.name : (actor?.type ?? 'unknown'),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }
}
