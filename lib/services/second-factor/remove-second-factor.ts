import { recordAudit } from '../audit/record-audit'
import { guardChange } from '../approval/guard-change'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { requirePerson } from '../person'
import { revokeSessions } from '../session/revoke-sessions'
import { requireStepUp } from '../step-up/require-step-up'
import { noSecondFactor } from './renew-recovery-codes'

const nothing = { totpSealed: null, totpConfirmedAt: null, totpLastStep: null, recoveryCodes: [] }

/** Takes the own second factor off. Needs step-up. Throws `second-factor-missing`. */
export async function removeSecondFactor({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const { id } = requirePerson(ctx.actor)
  await requireStepUp(ctx)
  await ctx.db.$transaction(async (tx) => {
    const removed = await tx.user.updateMany({ where: { id, totpConfirmedAt: { not: null } }, data: nothing })
    if (removed.count === 0) throw noSecondFactor()
    await recordAudit(tx, ctx.actor, { action: 'second-factor.disable', subjectType: 'user', subjectId: id })
  })
}

/**
 * Takes it off for someone who lost their phone and their recovery codes, and ends their sessions. Needs step-up and,
 * with four eyes, another administrator: it is half of taking the account over.
 */
export async function resetSecondFactor({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  const { id } = input
  await ctx.db.$transaction(async (tx) => {
    const user = found(await tx.user.findUnique({ where: { id } }), 'user')
    if (user.totpConfirmedAt === null) throw noSecondFactor()
    await guardChange(ctx, tx, {
      action: 'user.reset-credentials',
      subjectType: 'user',
      subjectId: id,
      summary: `Remove the second factor of ${user.email}`,
      input: { secondFactor: null },
    })
    await tx.user.update({ where: { id }, data: nothing })
    const endedSessions = await revokeSessions(tx, id, ctx.clock.now())
    await recordAudit(tx, ctx.actor, {
      action: 'second-factor.reset',
      subjectType: 'user',
      subjectId: id,
      detail: { email: user.email, endedSessions },
    })
  })
}
