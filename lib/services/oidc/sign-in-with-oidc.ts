import { z } from 'zod'
import type { Role } from '@/lib/contracts/common'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { emailSchema } from '@/lib/contracts/people/people'
import { roleOfGroups } from '@/lib/core/access/role-of-groups'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { Prisma } from '@/lib/db/generated/client'
import type { Tx } from '@/lib/db/client'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { tellOnce } from '../incident/tell-once'
import { openSession, type Visitor } from '../session/open-session'
import { revokeSessions } from '../session/revoke-sessions'
import type { Oidc } from './read-oidc'

/** A sign-in at the provider counts as step-up when it happened this recently, by the provider's own `auth_time`. */
const freshMs = 5 * 60_000
/** Clocks of provider and instance may be apart this far. */
const skewMs = 60_000

const claimsSchema = z.object({
  sub: z.string().min(1).max(500),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
  name: z.string().optional(),
  auth_time: z.number().optional(),
})
type Claims = z.infer<typeof claimsSchema>

interface Input extends Visitor {
  oidc: Pick<Oidc, 'issuer' | 'groupsClaim' | 'roles'>
  /** Of the ID token (and the user info). The caller has checked signature, issuer, audience and nonce. */
  claims: Readonly<Record<string, unknown>>
  /** The session that this one takes the place of, when a person showed again who they are. */
  replaces: string | null
}

/**
 * Opens a session for someone whom the identity provider vouches for. The account is found by issuer and subject; at the
 * first sign-in it is made, or an account without any way to sign in is taken up whose verified address it is. An account
 * with a password is never taken over. The role follows the groups at every sign-in. Throws `oidc-no-role`,
 * `oidc-disabled`, `oidc-no-email`, `oidc-account-exists`, each recorded as a failed sign-in.
 */
export async function signInWithOidc({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: Input
}): Promise<{ userId: string; sessionId: string }> {
  const claims = claimsSchema.parse(input.claims)
  const now = ctx.clock.now()
  const role = roleOfGroups(input.claims[input.oidc.groupsClaim], input.oidc.roles)
  try {
    return await ctx.db.$transaction(async (tx) => {
      const { user, previousRole } = await findOrMake(tx, input.oidc.issuer, claims, role)
      if (user.role === 'admin' && previousRole !== 'admin') await tellNewAdministrator(tx, user, now)
      if (user.disabledAt) throw refusal('oidc-disabled')
      if (input.replaces !== null) {
        await tx.session.updateMany({
          where: { id: input.replaces, userId: user.id, revokedAt: null },
          data: { revokedAt: now },
        })
      }
      return openSession(tx, user, { ...input, method: 'oidc', now, stepUpAt: isFresh(claims, now) ? now : null })
    })
  } catch (error) {
    if (error instanceof HoldfastError) await recordRefusal(ctx, input, claims, error.code)
    throw error
  }
}

interface Found {
  user: UserModel
  /** Null: the account was made just now. */
  previousRole: string | null
}

async function findOrMake(tx: Tx, issuer: string, claims: Claims, role: Role | null): Promise<Found> {
  const subject = claims.sub
  const known = await tx.user.findFirst({ where: { oidcIssuer: issuer, oidcSubject: subject } })
  if (known) {
    if (known.disabledAt) throw refusal('oidc-disabled')
    if (role === null) throw refusal('oidc-no-role')
    const user = known.role === role ? known : await tx.user.update({ where: { id: known.id }, data: { role } })
    return { user, previousRole: known.role }
  }
  if (role === null) throw refusal('oidc-no-role')
  const email = emailSchema.safeParse(claims.email)
  if (!email.success) throw refusal('oidc-no-email')
  const sameAddress = await tx.user.findUnique({ where: { email: email.data } })
  const verified = claims.email_verified === true || claims.email_verified === 'true'
  if (sameAddress) {
    const free = sameAddress.passwordHash === null && sameAddress.oidcSubject === null
    if (!free || !verified) throw refusal('oidc-account-exists')
    const data = { oidcIssuer: issuer, oidcSubject: subject, role }
    return { user: await tx.user.update({ where: { id: sameAddress.id }, data }), previousRole: sameAddress.role }
  }
  const name = claims.name?.trim().slice(0, 100) || email.data.split('@')[0] || email.data
  try {
    const data = { email: email.data, name, role, oidcIssuer: issuer, oidcSubject: subject }
    return { user: await tx.user.create({ data }), previousRole: null }
  } catch (cause) {
    // Two first sign-ins at once: the other one has made it.
    if (!(cause instanceof Prisma.PrismaClientKnownRequestError) || cause.code !== 'P2002') throw cause
    throw new HoldfastError('conflict', 'The account was made a moment ago.', { remedy: 'Sign in again.', cause })
  }
}

/**
 * The provider's groups made them an administrator, not a person here. The administrators are notified all the same
 * (security 23).
 */
async function tellNewAdministrator(tx: Tx, user: UserModel, now: Date): Promise<void> {
  await tellOnce(
    tx,
    {
      event: 'guarded-change',
      severity: 'warning',
      sourceId: null,
      title: `${user.email} became an administrator`,
      body: 'Their groups at the identity provider say so, which was seen when they signed in.',
      facts: { action: 'user.grant-admin', subjectType: 'user', subjectId: user.id },
    },
    now,
  )
}

function isFresh(claims: Claims, now: Date): boolean {
  if (claims.auth_time === undefined) return false
  const ageMs = now.getTime() - claims.auth_time * 1000
  return ageMs > -skewMs && ageMs < freshMs
}

/** Recorded, and who has lost every group is signed out everywhere. */
async function recordRefusal(
  ctx: Pick<ServiceContext, 'db' | 'clock'>,
  input: Input,
  claims: Claims,
  code: ErrorCode,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const user = await tx.user.findFirst({ where: { oidcIssuer: input.oidc.issuer, oidcSubject: claims.sub } })
    if (user && code === 'oidc-no-role') await revokeSessions(tx, user.id, ctx.clock.now())
    await recordAudit(
      tx,
      { type: 'anonymous', address: input.address },
      {
        action: 'session.sign-in-failed',
        subjectType: 'user',
        subjectId: user?.id,
        detail: { email: claims.email ?? null, subject: claims.sub, failed: code },
      },
    )
  })
}

const refusals = {
  'oidc-no-role': 'None of your groups may use Holdfast.',
  'oidc-disabled': 'Your account here is disabled.',
  'oidc-no-email': 'The identity provider did not send your e-mail address.',
  'oidc-account-exists': 'There is an account with your address that is not the identity provider’s.',
} as const

const refusal = (code: keyof typeof refusals) =>
  new HoldfastError(code, refusals[code], { remedy: 'Ask an administrator of Holdfast.' })
