import { roleSchema, type Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { passwordMatches } from '../user/password'
import { AttemptCounter } from './attempt-counter'
import { failuresPerAddress, failuresPerEmail, lockoutMs, sessionMaxMs } from './limits'

/** The counters of one process; shared by all sign-ins of it. */
export interface SignInCounters {
  byEmail: AttemptCounter
  byAddress: AttemptCounter
}
export const newSignInCounters = (): SignInCounters => ({
  byEmail: new AttemptCounter(failuresPerEmail),
  byAddress: new AttemptCounter(failuresPerAddress),
})

interface SignIn {
  email: string
  password: string
  /** Client address as far as it is known. */
  address: string | null
  userAgent: string | null
}

/**
 * Opens a session for an e-mail and password. Throws `sign-in-failed` (which does not say what was wrong) or
 * `rate-limited` (facts: retryAfterMs): five failures lock an address for 15 minutes, across restarts for known users.
 */
export async function signIn({
  ctx,
  counters,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
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
    await recordFailure(ctx, user, email, input.address)
    throw new HoldfastError('sign-in-failed', 'The e-mail address or the password is wrong.')
  }
  counters.byEmail.clear(email)
  counters.byAddress.takeBack(address)
  return openSession(ctx, user, input)
}

async function openSession(
  ctx: Pick<ServiceContext, 'db' | 'clock'>,
  user: UserModel,
  input: SignIn,
): Promise<{ userId: string; sessionId: string }> {
  const now = ctx.clock.now()
  return ctx.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { failedSignIns: 0, lockedUntil: null } })
    const session = await tx.session.create({
      data: {
        userId: user.id,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: new Date(now.getTime() + sessionMaxMs),
        userAgent: input.userAgent?.slice(0, 300) ?? null,
      },
    })
    const actor: Actor = {
      type: 'user',
      id: user.id,
      email: user.email,
      role: roleSchema.parse(user.role),
      sessionId: session.id,
    }
    const event = { action: 'session.sign-in', subjectType: 'session', subjectId: session.id }
    await recordAudit(tx, actor, { ...event, detail: { address: input.address } })
    return { userId: user.id, sessionId: session.id }
  })
}

async function recordFailure(
  ctx: Pick<ServiceContext, 'db' | 'clock'>,
  user: UserModel | null,
  email: string,
  address: string | null,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    if (user) {
      const counted = await tx.user.update({ where: { id: user.id }, data: { failedSignIns: { increment: 1 } } })
      if (counted.failedSignIns >= failuresPerEmail) {
        const lockedUntil = new Date(ctx.clock.now().getTime() + lockoutMs)
        await tx.user.update({ where: { id: user.id }, data: { failedSignIns: 0, lockedUntil } })
      }
    }
    await recordAudit(
      tx,
      { type: 'anonymous', address },
      { action: 'session.sign-in-failed', subjectType: 'user', subjectId: user?.id, detail: { email } },
    )
  })
}

function rateLimited(retryAfterMs: number): HoldfastError {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / 60_000))
  return new HoldfastError('rate-limited', 'Too many sign-ins failed.', {
    remedy: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    facts: { retryAfterMs },
  })
}
