import type { AcceptInvitation } from '@/lib/contracts/people/access'
import { roleSchema } from '@/lib/contracts/common'
import type { User } from '@/lib/contracts/people/people'
import { toUser } from '@/lib/db/catalog/user'
import type { Tx } from '@/lib/db/client'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { forgetAccount } from '../session/count-attempt'
import { revokeSessions } from '../session/revoke-sessions'
import { hashPassword } from '../user/password'
import { withUniqueName } from '../with-unique-name'
import { findOpenInvitation, invitationEnded } from './find-open-invitation'

/**
 * Makes the account that a link is for, or sets the new password of the one that it is for and ends its sessions. Open to
 * anyone who has the link; it works once, even when several people follow it at the same moment. Throws `invitation-ended`,
 * and `name-taken` when the account was created in another way meanwhile.
 */
export async function acceptInvitation({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: AcceptInvitation
}): Promise<User> {
  const now = ctx.clock.now()
  const { email } = await findOpenInvitation(ctx.db, input.token, now)
  // Hashing costs; it is done for those alone who hold a link that works, and outside the transaction.
  const passwordHash = await hashPassword(input.password)
  const accept = () =>
    ctx.db.$transaction(async (tx) => {
      const row = await findOpenInvitation(tx, input.token, now)
      const taken = await tx.invitation.updateMany({
        where: { id: row.id, acceptedAt: null, revokedAt: null },
        data: { acceptedAt: now },
      })
      if (taken.count === 0) throw invitationEnded()
      return row.userId === null
        ? makeAccount(tx, row, input.name || row.name, passwordHash)
        : setPassword(tx, row.userId, row, passwordHash, now)
    })
  return toUser(await withUniqueName('user', email, accept, 'email'))
}

async function makeAccount(tx: Tx, row: InvitationModel, name: string, passwordHash: string): Promise<UserModel> {
  const user = await tx.user.create({
    data: { email: row.email, name: name || (row.email.split('@')[0] ?? row.email), role: row.role, passwordHash },
  })
  await record(tx, user, 'invitation.accept', { invitationId: row.id, role: row.role })
  return user
}

async function setPassword(
  tx: Tx,
  id: string,
  row: InvitationModel,
  passwordHash: string,
  now: Date,
): Promise<UserModel> {
  const changed = await tx.user.updateMany({
    where: { id, disabledAt: null, passwordHash: { not: null } },
    data: { passwordHash, failedSignIns: 0, lockedUntil: null },
  })
  if (changed.count === 0) throw invitationEnded()
  const user = await tx.user.findUniqueOrThrow({ where: { id } })
  await forgetAccount(tx, user.email)
  await record(tx, user, 'user.change-password', {
    invitationId: row.id,
    endedSessions: await revokeSessions(tx, id, now),
  })
  return user
}

function record(tx: Tx, user: UserModel, action: string, detail: Record<string, unknown>): Promise<void> {
  const actor = { type: 'user' as const, id: user.id, email: user.email, role: roleSchema.parse(user.role) }
  return recordAudit(tx, actor, { action, subjectType: 'user', subjectId: user.id, detail })
}
