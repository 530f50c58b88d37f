import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** Lifts a lock before its time; throws `not-found` when it is over already. */
export async function liftSignInLock({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await ctx.db.$transaction(async (tx) => {
    const attempt = await tx.signInAttempt.findUnique({ where: { id: input.id } })
    const user = attempt
      ? null
      : found(await tx.user.findFirst({ where: { id: input.id, lockedUntil: { gt: ctx.clock.now() } } }), 'lock')
    if (attempt) await tx.signInAttempt.deleteMany({ where: { id: attempt.id } })
    if (user) await tx.user.update({ where: { id: user.id }, data: { failedSignIns: 0, lockedUntil: null } })
    await recordAudit(tx, ctx.actor, {
      action: 'session.lift-lock',
      subjectType: 'sign-in-lock',
      subjectId: input.id,
      detail: { email: attempt?.account || user?.email || null, address: attempt?.place || null },
    })
  })
}
