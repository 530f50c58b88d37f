import type { CreatedInvitation, CreateInvitation } from '@/lib/contracts/people/access'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toInvitation } from '@/lib/db/catalog/invitation'
import { guardGrantOfAdmin } from '../approval/guard-grant-of-admin'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { mailInvitation } from './mail-invitation'
import { invitationLink, makeInvitation, type Origins } from './make-invitation'

/**
 * Invites someone: the answer holds the link, this once, and it is mailed where there is a channel for it. Throws `name-taken` at `email` for an account that exists.
 */
export async function createInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateInvitation & Origins
}): Promise<CreatedInvitation> {
  permit(ctx.actor, 'admin')
  const { origin, mailOrigin, ...person } = input
  const { row, token } = await ctx.db.$transaction(async (tx) => {
    if (await tx.user.findUnique({ where: { email: person.email } })) {
      const message = `There is already a user called "${person.email}".`
      throw new HoldfastError('name-taken', message, {
        remedy: 'Make a link for a new password instead, if they forgot theirs.',
        facts: { errors: [{ path: 'email', message }] },
      })
    }
    if (person.role === 'admin') await guardGrantOfAdmin(ctx, tx, { email: person.email, by: 'invitation' })
    const made = await makeInvitation(ctx, tx, { ...person, userId: null })
    await recordAudit(tx, ctx.actor, {
      action: 'invitation.create',
      subjectType: 'invitation',
      subjectId: made.row.id,
      detail: { email: person.email, role: person.role },
    })
    return made
  })
  const link = invitationLink(origin, token)
  return { ...toInvitation(row, ctx.clock.now()), link, mail: await mailInvitation(ctx, row, token, mailOrigin) }
}
