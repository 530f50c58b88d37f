import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { requirePerson } from '../person'
import { revokeSessions } from './revoke-sessions'

/** Ends one of the own sessions; throws `not-found` for another's. */
export async function endOwnSession({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  await end(ctx, input.id, ctx.actor.type === 'user' ? ctx.actor.id : null)
}

/** Ends anybody's session. */
export async function endSession({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  permit(ctx.actor, 'admin')
  await end(ctx, input.id, undefined)
}

/** Ends every session of the person who asks but the one they ask from. */
export async function endOtherSessions({ ctx }: { ctx: ServiceContext }): Promise<{ ended: number }> {
  const { id, sessionId } = requirePerson(ctx.actor)
  return ctx.db.$transaction(async (tx) => {
    const ended = await revokeSessions(tx, id, ctx.clock.now(), sessionId)
    const event = { action: 'session.end-others', subjectType: 'user', subjectId: id }
    await recordAudit(tx, ctx.actor, { ...event, detail: { ended } })
    return { ended }
  })
}

/** `userId`: whose it must be; undefined: anybody's; null: nobody's. */
async function end(ctx: ServiceContext, id: string, userId: string | null | undefined): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const row = userId === null ? null : await tx.session.findFirst({ where: { id, userId }, include: { user: true } })
    const session = found(row, 'session')
    if (session.revokedAt) return
    await tx.session.update({ where: { id }, data: { revokedAt: ctx.clock.now() } })
    await tx.knownDevice.deleteMany({ where: { userId: session.userId, sessionId: id } })
    await recordAudit(tx, ctx.actor, {
      action: 'session.end',
      subjectType: 'session',
      subjectId: id,
      detail: { email: session.user.email },
    })
  })
}
