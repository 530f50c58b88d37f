import { HoldfastError } from '@/lib/core/holdfast-error'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { checkCode } from '../second-factor/check-code'
import { passwordMatches } from '../user/password'
import { AttemptCounter } from './attempt-counter'
import { countFailure } from './count-failure'
import { failuresPerAddress, failuresPerEmail } from './limits'
import { openSession, type Visitor } from './open-session'
import { rateLimited } from './rate-limited'

/** The counters of one process; shared by all sign-ins of it. */
export interface SignInCounters {
  byEmail: AttemptCounter
  byAddress: AttemptCounter
}
export const newSignInCounters = (): SignInCounters => ({
  byEmail: new AttemptCounter(failuresPerEmail),
  byAddress: new AttemptCounter(failuresPerAddress),
})

interface SignIn extends Visitor {
  email: string
  password: string
  /** Of the authenticator app, or a recovery code. */
  code?: string
}
type Context = Pick<ServiceContext, 'db' | 'clock' | 'vault'>

/**
 * Opens a session for an e-mail and password, and a code where there is a second factor. Throws `sign-in-failed` (which
 * does not say what was wrong), `second-factor-needed` (the password was right, a code is still to be sent),
 * `second-factor-wrong`, or `rate-limited` (facts: retryAfterMs): five failures, of passwords and codes together, lock an
 * address for 15 minutes, across restarts for known users.
 */
export async function signIn({
  ctx,
  counters,
  input,
}: {
  ctx: Context
  counters: SignInCounters
  input: SignIn
}): Promise<{ userId: string; sessionId: string }> {
  const email = input.email.trim().toLowerCase()
  const now = ctx.clock.now()
  const address = input.address ?? 'unknown'
  const byAddress = counters.byAddress.begin(address, now.getTime())
  if (byAddress !== null) throw rateLimited(byAddress)
  const byEmail = counters.byEmail.begin(email, now.getTime())
  if (byEmail !== null) throw rateLimited(byEmail)

  const user = await ctx.db.user.findUnique({ where: { email } })
  if (user?.lockedUntil && user.lockedUntil > now) throw rateLimited(user.lockedUntil.getTime() - now.getTime())
  const matches = await passwordMatches(user?.passwordHash ?? null, input.password)
  if (!user || !matches || user.disabledAt) {
    await recordFailure(ctx, user, email, input.address, 'password')
    throw new HoldfastError('sign-in-failed', 'The e-mail address or the password is wrong.')
  }
  const secondFactor = user.totpConfirmedAt !== null
  if (secondFactor && !input.code) {
    // Taken back, not forgotten: whoever knows the password must not be able to start the count of codes afresh.
    counters.byEmail.takeBack(email)
    counters.byAddress.takeBack(address)
    throw new HoldfastError('second-factor-needed', 'A code of your authenticator app is needed too.')
  }
  if (secondFactor && !(await checkCode(ctx, user, input.code ?? ''))) {
    await recordFailure(ctx, user, email, input.address, 'code')
    throw new HoldfastError('second-factor-wrong', 'The code is wrong, or was used before.')
  }
  counters.byEmail.clear(email)
  counters.byAddress.takeBack(address)
  return ctx.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { failedSignIns: 0, lockedUntil: null } })
    return openSession(tx, user, { ...input, method: secondFactor ? 'totp' : 'password', now })
  })
}

async function recordFailure(
  ctx: Context,
  user: UserModel | null,
  email: string,
  address: string | null,
  failed: 'password' | 'code',
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    if (user) await countFailure(tx, user.id, ctx.clock.now())
    await recordAudit(
      tx,
      { type: 'anonymous', address },
      { action: 'session.sign-in-failed', subjectType: 'user', subjectId: user?.id, detail: { email, failed } },
    )
  })
}
