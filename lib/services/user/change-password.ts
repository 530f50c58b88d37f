import type { UpdateMe } from '@/lib/contracts/people/people'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { AttemptCounter } from '../session/attempt-counter'
import { countFailure } from '../session/count-failure'
import { failuresPerEmail } from '../session/limits'
import { rateLimited } from '../session/rate-limited'
import { revokeSessions } from '../session/revoke-sessions'
import { hashPassword, passwordMatches } from './password'

/** A stolen session must not become a way to guess the password. */
const attempts = new AttemptCounter(failuresPerEmail)

/**
 * Changes the signed-in user's own password and ends their other sessions. A wrong one is recorded and counts with those
 * of signing in. Throws `invalid-input` at `currentPassword`, `rate-limited`, and `forbidden` for tokens, which have none.
 */
export async function changePassword({ ctx, input }: { ctx: ServiceContext; input: UpdateMe }): Promise<void> {
  const { actor } = ctx
  if (actor.type !== 'user') throw new HoldfastError('forbidden', 'Only a signed-in user has a password to change.')
  const now = ctx.clock.now()
  const retryAfterMs = attempts.begin(actor.id, now.getTime())
  if (retryAfterMs !== null) throw tooMany(retryAfterMs)
  const user = found(await ctx.db.user.findUnique({ where: { id: actor.id } }), 'user')
  if (user.lockedUntil && user.lockedUntil > now) throw tooMany(user.lockedUntil.getTime() - now.getTime())
  if (!(await passwordMatches(user.passwordHash, input.currentPassword))) {
    await ctx.db.$transaction(async (tx) => {
      await countFailure(tx, actor.id, now)
      await recordAudit(tx, actor, { action: 'user.change-password-failed', subjectType: 'user', subjectId: actor.id })
    })
    const message = 'The current password is wrong.'
    throw new HoldfastError('invalid-input', message, { facts: { errors: [{ path: 'currentPassword', message }] } })
  }
  attempts.clear(actor.id)
  const passwordHash = await hashPassword(input.newPassword)
  await ctx.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: actor.id }, data: { passwordHash } })
    const endedSessions = await revokeSessions(tx, actor.id, now, actor.sessionId)
    await recordAudit(tx, actor, {
      action: 'user.change-password',
      subjectType: 'user',
      subjectId: actor.id,
      detail: { endedSessions },
    })
  })
}

const tooMany = (retryAfterMs: number) => rateLimited(retryAfterMs, 'Too many wrong passwords.')
