import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { stepUpMethodsOf } from './step-up-methods'

/** How long having shown again who one is lasts. */
export const stepUpLastsMs = 10 * 60_000

/**
 * Throws `step-up-needed` (facts: methods) unless the person who asks has shown within the last ten minutes, in this
 * very session, who they are. Tokens, the command line and the worker are not asked: they have no one to ask; what
 * tokens may do is decided by their role and scopes.
 */
export async function requireStepUp(
  ctx: Pick<ServiceContext, 'actor' | 'clock' | 'db'>,
  tx: Tx = ctx.db,
): Promise<void> {
  const { actor } = ctx
  if (actor.type !== 'user') return
  if ((await stepUpLeftMs(ctx, tx)) > 0) return
  const user = await tx.user.findUnique({ where: { id: actor.id } })
  throw new HoldfastError('step-up-needed', 'Confirm your identity: this needs your password or a code.', {
    remedy: 'Send POST /api/v1/me/step-up with your password or a code, then repeat the request.',
    facts: { methods: user ? stepUpMethodsOf(user) : [] },
  })
}

/** How much longer it counts in this session that the person showed who they are; 0 when it does not. */
export async function stepUpLeftMs(ctx: Pick<ServiceContext, 'actor' | 'clock'>, tx: Tx): Promise<number> {
  const { actor } = ctx
  if (actor.type !== 'user' || actor.sessionId === undefined) return 0
  const session = await tx.session.findUnique({ where: { id: actor.sessionId }, select: { stepUpAt: true } })
  if (!session?.stepUpAt) return 0
  return Math.max(0, session.stepUpAt.getTime() + stepUpLastsMs - ctx.clock.now().getTime())
}
