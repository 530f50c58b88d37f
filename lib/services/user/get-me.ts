import type { Me } from '@/lib/contracts/people/people'
import type { ServiceContext } from '../context'
import { actorName } from '../actor-name'
import { found } from '../not-found'
import { stepUpLeftMs } from '../step-up/require-step-up'
import { stepUpMethodsOf } from '../step-up/step-up-methods'

/** Who is asking, and with which role. */
export async function getMe({ ctx }: { ctx: ServiceContext }): Promise<Me> {
  const { actor } = ctx
  if (actor.type === 'user') {
    const user = found(await ctx.db.user.findUnique({ where: { id: actor.id } }), 'user')
    return {
      type: 'user',
      id: user.id,
      name: user.name,
      email: user.email,
      role: actor.role,
      access: {
        hasPassword: user.passwordHash !== null,
        secondFactor: user.totpConfirmedAt !== null,
        recoveryCodesLeft: user.recoveryCodes.length,
        stepUp: stepUpMethodsOf(user),
        stepUpLeftMs: await stepUpLeftMs(ctx, ctx.db),
      },
    }
  }
  const id = actor.type === 'token' || actor.type === 'worker' ? actor.id : actor.user
  return { type: 'token', id, name: actorName(actor), email: null, role: actor.role, access: null }
}
