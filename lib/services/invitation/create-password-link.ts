import type { CreatedInvitation } from '@/lib/contracts/people/access'
import { roleSchema } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toInvitation } from '@/lib/db/catalog/invitation'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { mailInvitation } from './mail-invitation'
import { invitationLink, makeInvitation, type Origins } from './make-invitation'

/**
 * A link with which a user who forgot the password sets a new one. Their second factor stays. Needs step-up and, with four
 * eyes, another administrator: anyone who has the link can take the account over.
 */
export async function createPasswordLink({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { userId: string } & Origins
}): Promise<CreatedInvitation> {
  permit(ctx.actor, 'admin')
  const { row, token } = await ctx.db.$transaction(async (tx) => {
    const user = found(await tx.user.findUnique({ where: { id: input.userId } }), 'user')
    if (user.passwordHash === null) {
      throw new HoldfastError('no-password', `${user.email} signs in through the identity provider.`, {
        remedy: 'Passwords of such accounts are changed there.',
      })
    }
    await guardChange(ctx, tx, {
      action: 'user.reset-credentials',
      subjectType: 'user',
      subjectId: user.id,
      summary: `Make a link that sets a new password for ${user.email}`,
      input: { password: 'link' },
    })
    const made = await makeInvitation(ctx, tx, {
      email: user.email,
      name: user.name,
      role: roleSchema.parse(user.role),
      userId: user.id,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'user.password-link',
      subjectType: 'user',
      subjectId: user.id,
      detail: { email: user.email, invitationId: made.row.id },
    })
    return made
  })
  const link = invitationLink(input.origin, token)
  return { ...toInvitation(row, ctx.clock.now()), link, mail: await mailInvitation(ctx, row, token, input.mailOrigin) }
}
