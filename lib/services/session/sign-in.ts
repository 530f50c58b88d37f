import { setTimeout as delay } from 'node:timers/promises'
import { signInDelay } from '@/lib/core/access/sign-in-delay'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { addressGroup } from '@/lib/core/network/address-group'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { checkCode } from '../second-factor/check-code'
import { passwordMatches } from '../user/password'
import { countAttempt, forgetAttempts, sweepAttempts, takeBackAttempt, type AttemptKey } from './count-attempt'
import { countFailure } from './count-failure'
import { devicePlace, isKnownDevice, rememberDevice } from './known-device'
import { failuresPerAccountAndPlace, failuresPerPlace } from './limits'
import { openSession, type Visitor } from './open-session'
import { rateLimited } from './rate-limited'

export interface SignIn extends Visitor {
  email: string
  password: string
  /** Of the authenticator app, or a recovery code. */
  code?: string
  /** What the browser keeps of an earlier sign-in. */
  device?: string | null
}
/** Of an account from everywhere; it slows and never refuses, so this only keeps the number small. */
const countedAtMost = 1_000_000
const nobody = '00000000-0000-0000-0000-000000000000'
type Context = Pick<ServiceContext, 'db' | 'clock' | 'vault'>

/** What was counted when the attempt began. */
interface Begun {
  counted: AttemptKey[]
  /** The key whose count a success ends; the others only lose this attempt. */
  own: AttemptKey
  /** A code was asked for and right already, because only that opened the way here. */
  codeShown: boolean
}

/**
 * Opens a session for an e-mail and password, and a code where there is a second factor. Throws `sign-in-failed` (which
 * does not say what was wrong), `second-factor-needed` (the password was right, a code is still to be sent),
 * `second-factor-wrong`, or `rate-limited` (facts: retryAfterMs).
 *
 * Five failures lock an account for the address that they came from, twenty an address, each for 15 minutes and whether
 * or not there is such an account; all failures of an account together only slow strangers down. So nobody is locked out
 * by people elsewhere; and a browser that signed in before, or a code of the second factor, passes these locks.
 */
export async function signIn({
  ctx,
  input,
  wait = delay,
}: {
  ctx: Context
  input: SignIn
  wait?: (ms: number) => Promise<unknown>
}): Promise<{ userId: string; sessionId: string; device: string }> {
  const email = input.email.trim().toLowerCase()
  const now = ctx.clock.now()
  const user = await ctx.db.user.findUnique({ where: { email } })
  const begun = await begin(ctx, user, email, input, wait)

  const matches = await passwordMatches(user?.passwordHash ?? null, input.password).catch(async (error: unknown) => {
    // Nothing was tried.
    for (const key of begun.counted) await takeBackAttempt(ctx.db, key)
    throw error
  })
  if (!user || !matches || user.disabledAt) {
    await recordFailure(ctx, user, email, input.address, 'password')
    throw new HoldfastError('sign-in-failed', 'The e-mail address or the password is wrong.')
  }
  const secondFactor = user.totpConfirmedAt !== null
  if (secondFactor && !input.code) {
    // Taken back, not cleared: an attacker who knows the password must not be able to reset the count of codes.
    for (const key of begun.counted) await takeBackAttempt(ctx.db, key)
    throw new HoldfastError('second-factor-needed', 'A code of your authenticator app is needed too.')
  }
  if (secondFactor && !begun.codeShown && !(await checkCode(ctx, user, input.code ?? ''))) {
    await recordFailure(ctx, user, email, input.address, 'code')
    throw new HoldfastError('second-factor-wrong', 'The code is wrong, or was used before.')
  }
  return ctx.db.$transaction(async (tx) => {
    for (const key of begun.counted) {
      await (key === begun.own ? forgetAttempts(tx, key) : takeBackAttempt(tx, key))
    }
    await tx.user.update({ where: { id: user.id }, data: { failedSignIns: 0, lockedUntil: null } })
    const session = await openSession(tx, user, { ...input, method: secondFactor ? 'totp' : 'password', now })
    const device = await rememberDevice(tx, { ...session, token: input.device ?? null, now })
    return { ...session, device }
  })
}

/** Counts the attempt, waits where that is due, and throws `rate-limited` where it may not go on. */
async function begin(
  ctx: Context,
  user: UserModel | null,
  email: string,
  input: SignIn,
  wait: (ms: number) => Promise<unknown>,
): Promise<Begun> {
  const now = ctx.clock.now()
  // Checked without an account too, so that the time reveals nothing.
  if (input.device && (await isKnownDevice(ctx.db, user?.id ?? nobody, input.device, now))) {
    const own = { account: email, place: devicePlace(input.device) }
    // A stolen browser's five guesses are used up: from here on it counts as a stranger.
    const counted = await countAttempt(ctx.db, own, failuresPerAccountAndPlace, now)
    if (counted.waitMs === null) return { counted: [own], own, codeShown: false }
  }
  // Set by wrong codes after a right password, and by guesses inside a session: never by strangers.
  if (user?.lockedUntil && user.lockedUntil > now) throw rateLimited(user.lockedUntil.getTime() - now.getTime())
  const group = addressGroup(input.address)
  const place = { account: '', place: group }
  const own = { account: email, place: group }
  const ofPlace = await countAttempt(ctx.db, place, failuresPerPlace, now)
  const ofOwn = ofPlace.waitMs === null ? await countAttempt(ctx.db, own, failuresPerAccountAndPlace, now) : ofPlace
  if (ofOwn.waitMs !== null) {
    if (!(await showsCode(ctx, user, email, input.code))) throw rateLimited(ofOwn.waitMs)
    return { counted: [own], own, codeShown: true }
  }
  const account = { account: email, place: '' }
  const ofAccount = await countAttempt(ctx.db, account, countedAtMost, now)
  const delayMs = signInDelay(ofAccount.failures - 1)
  if (delayMs > 0) await wait(delayMs)
  return { counted: [place, own, account], own, codeShown: false }
}

/**
 * Whether a code opens the way past a lock. Asked before the password, and limited for the whole account, so that a lock
 * which one can bring about oneself is no way to guess codes.
 */
async function showsCode(
  ctx: Context,
  user: UserModel | null,
  email: string,
  code: string | undefined,
): Promise<boolean> {
  if (!user || !code || user.totpConfirmedAt === null) return false
  const key = { account: email, place: 'code' }
  const { waitMs } = await countAttempt(ctx.db, key, failuresPerAccountAndPlace, ctx.clock.now())
  if (waitMs !== null || !(await checkCode(ctx, user, code))) return false
  await takeBackAttempt(ctx.db, key)
  return true
}

async function recordFailure(
  ctx: Context,
  user: UserModel | null,
  email: string,
  address: string | null,
  failed: 'password' | 'code',
): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.$transaction(async (tx) => {
    // Only who knows the password gets as far as a wrong code, from wherever: that may lock the account for everyone.
    if (user && failed === 'code') await countFailure(tx, user.id, now)
    await sweepAttempts(tx, now)
    await recordAudit(
      tx,
      { type: 'anonymous', address },
      { action: 'session.sign-in-failed', subjectType: 'user', subjectId: user?.id, detail: { email, failed } },
    )
  })
}
