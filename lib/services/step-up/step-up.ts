import type { StepUp } from '@/lib/contracts/people/access'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { requirePerson } from '../person'
import { checkCode } from '../second-factor/check-code'
import { AttemptCounter } from '../session/attempt-counter'
import { countFailure } from '../session/count-failure'
import { failuresPerEmail } from '../session/limits'
import { rateLimited } from '../session/rate-limited'
import { passwordMatches } from '../user/password'

/** Many guesses at once must not slip past the count in the catalog while their passwords are being checked. */
const attempts = new AttemptCounter(failuresPerEmail)

/**
 * The person shows again who they are, by password or code; it lasts ten minutes in this session. Failures count with
 * those of signing in. Throws `step-up-failed` at the field, `rate-limited`, and `needs-person` for tokens.
 */
export async function stepUp({ ctx, input }: { ctx: ServiceContext; input: StepUp }): Promise<void> {
  const { id, sessionId } = requirePerson(ctx.actor)
  const now = ctx.clock.now()
  const user = found(await ctx.db.user.findUnique({ where: { id } }), 'user')
  if (user.lockedUntil && user.lockedUntil > now) throw tooMany(user.lockedUntil.getTime() - now.getTime())
  const retryAfterMs = attempts.begin(id, now.getTime())
  if (retryAfterMs !== null) throw tooMany(retryAfterMs)

  const method = input.password === undefined ? 'code' : 'password'
  const right =
    input.password === undefined
      ? await checkCode(ctx, user, input.code ?? '')
      : await passwordMatches(user.passwordHash, input.password)
  await ctx.db.$transaction(async (tx) => {
    if (right) await tx.session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { stepUpAt: now } })
    else await countFailure(tx, id, now)
    const action = right ? 'session.step-up' : 'session.step-up-failed'
    await recordAudit(tx, ctx.actor, { action, subjectType: 'session', subjectId: sessionId, detail: { method } })
  })
  if (right) return attempts.clear(id)
  const message = method === 'code' ? 'The code is wrong, or was used before.' : 'The password is wrong.'
  throw new HoldfastError('step-up-failed', message, { facts: { errors: [{ path: method, message }] } })
}

const tooMany = (retryAfterMs: number) => rateLimited(retryAfterMs, 'Too many wrong passwords or codes.')
