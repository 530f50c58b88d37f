import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { readSession } from './read-session'

/** Ends a session for good; one that has already ended is left as it is. */
export async function signOut({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: { sessionId: string }
}): Promise<void> {
  const actor = await readSession({ ctx, input })
  if (!actor) return
  await ctx.db.$transaction(async (tx) => {
    await tx.session.update({ where: { id: input.sessionId }, data: { revokedAt: ctx.clock.now() } })
    await recordAudit(tx, actor, { action: 'session.sign-out', subjectType: 'session', subjectId: input.sessionId })
  })
}
