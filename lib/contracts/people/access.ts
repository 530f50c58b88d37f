import { z } from 'zod'
import { idSchema, roleSchema, timeSchema } from '../common'
import { emailSchema, passwordSchema } from './people'

/** How a session was opened: `totp` is password and second factor, `oidc` the identity provider. */
export const signInMethods = ['password', 'totp', 'oidc'] as const
export const signInMethodSchema = z.enum(signInMethods)
export type SignInMethod = z.infer<typeof signInMethodSchema>

export const sessionSchema = z.object({
  id: idSchema,
  userId: idSchema,
  email: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  /** What the browser says of itself. */
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  method: signInMethodSchema,
  createdAt: timeSchema,
  lastSeenAt: timeSchema,
  expiresAt: timeSchema,
})
export type SessionItem = z.infer<typeof sessionSchema>
export const sessionFilterSchema = z.object({ userId: idSchema.optional() })
export const endedSessionsSchema = z.object({ ended: z.number().int() })

/**
 * What keeps someone from signing in: `account-at-address` locks an account for one address, `address` an address for every
 * account, `device` a browser that signed in before, `codes` the way past a lock by a code, `account` an account whose
 * second factor or open session was guessed at; `slowed` locks nobody out.
 */
export const signInLockSchema = z.object({
  id: idSchema,
  kind: z.enum(['account-at-address', 'address', 'device', 'codes', 'account', 'slowed']),
  email: z.string().nullable(),
  address: z.string().nullable(),
  failures: z.number().int(),
  /** How long the answer to a stranger's attempt waits. */
  delayMs: z.number().int().optional(),
  until: timeSchema,
})
export type SignInLock = z.infer<typeof signInLockSchema>
export const signInLocksSchema = z.object({ items: z.array(signInLockSchema) })

/** How a person can show again who they are; `oidc` is signing in again at the identity provider. */
export const stepUpMethods = ['password', 'code', 'oidc'] as const
export const stepUpMethodSchema = z.enum(stepUpMethods)
export type StepUpMethod = z.infer<typeof stepUpMethodSchema>

const code = z.string().trim().min(6, 'Enter the code').max(40)
/** `POST /api/v1/me/step-up`: the password, or a code of the second factor. */
export const stepUpSchema = z
  .object({ password: z.string().max(256).optional(), code: code.optional() })
  .refine((given) => (given.password === undefined) !== (given.code === undefined), {
    message: 'Send either the password or a code',
  })
export type StepUp = z.infer<typeof stepUpSchema>

export const codeSchema = z.object({ code })
/** What an authenticator app needs. Shown until it is confirmed with a code; asked for again, it is another one. */
export const secondFactorStartSchema = z.object({
  secret: z.string().meta({ description: 'base32, to be typed in where a QR code cannot be scanned' }),
  uri: z.string().meta({ description: 'otpauth://totp/...' }),
  qrSvg: z.string(),
})
export type SecondFactorStart = z.infer<typeof secondFactorStartSchema>
/** Each works once in place of a code. Shown this once. */
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) })
export type RecoveryCodes = z.infer<typeof recoveryCodesSchema>

export const createInvitationSchema = z.object({
  email: emailSchema,
  name: z.string().trim().max(100).default(''),
  role: roleSchema,
})
export type CreateInvitation = z.infer<typeof createInvitationSchema>
/** `account`: makes one. `password`: sets a new password of one that exists. */
const purposeSchema = z.enum(['account', 'password'])
export const invitationSchema = z.object({
  id: idSchema,
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  purpose: purposeSchema,
  state: z.enum(['open', 'accepted', 'expired', 'revoked']),
  invitedBy: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema,
})
export type Invitation = z.infer<typeof invitationSchema>
/** Answer to the creation alone: the only time the link is shown. */
export const createdInvitationSchema = invitationSchema.extend({
  link: z.string(),
  /** `no-channel`, `no-address`: there is no e-mail channel, or no public address is set; hand the link over yourself. */
  mail: z.enum(['sent', 'failed', 'no-channel', 'no-address']),
})
export type CreatedInvitation = z.infer<typeof createdInvitationSchema>

const token = z.string().min(20).max(200)
export const invitationTokenSchema = z.object({ token })
export const invitationFaceSchema = z.object({
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  purpose: purposeSchema,
  expiresAt: timeSchema,
})
export type InvitationFace = z.infer<typeof invitationFaceSchema>
export const acceptInvitationSchema = z.object({
  token,
  name: z.string().trim().max(100).default(''),
  password: passwordSchema,
})
export type AcceptInvitation = z.infer<typeof acceptInvitationSchema>

/** What needs step-up of the person who asks and, with four eyes, the agreement of another administrator. */
export const guardedActions = [
  'backup.delete',
  'source.delete',
  'source.restore-grant',
  'destination.delete',
  'retention-policy.shorten',
  'recovery-kit.create',
  'user.grant-admin',
  'user.reset-credentials',
  'token.create-admin',
  'settings.access',
] as const
/** What needs step-up of the person who asks. Four eyes are not asked: it can be undone, or is daily work. */
export const confirmedActions = [
  'source.accept-unconfined',
  'source.encryption-off',
  'source.other-server',
  'destination.create',
  'destination.change',
  'channel.change',
  'channel.delete',
  'backup.download',
  'restore.start',
  'recovery.start',
  'user.disable',
  'token.create-endless',
] as const
export type ConfirmedAction = (typeof confirmedActions)[number]
/** Everything a session alone may not do. Administrators are notified whenever anyone does it. */
export const steppedUpActions = [...guardedActions, ...confirmedActions] as const
export type SteppedUpAction = (typeof steppedUpActions)[number]

export const guardedActionSchema = z.enum(guardedActions)
export type GuardedAction = z.infer<typeof guardedActionSchema>

export const approvalStates = ['waiting', 'approved', 'refused', 'used', 'expired'] as const
export const approvalSchema = z.object({
  id: idSchema,
  action: guardedActionSchema,
  summary: z.string(),
  requestedBy: z.string(),
  /** Requested by the reader, who therefore cannot decide it. */
  own: z.boolean(),
  requestedAt: timeSchema,
  expiresAt: timeSchema,
  state: z.enum(approvalStates),
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
})
export type Approval = z.infer<typeof approvalSchema>
export const decideApprovalSchema = z.object({ decision: z.enum(['approved', 'refused']) })
export type DecideApproval = z.infer<typeof decideApprovalSchema>

/** What the single sign-on card shows beside the settings themselves. */
export const oidcFactsSchema = z.object({
  /** Path below this instance's address that the provider must know as redirect URI. */
  callbackPath: z.string(),
  clientSecretSet: z.boolean(),
})
export type OidcFacts = z.infer<typeof oidcFactsSchema>
export const oidcTestSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})
export type OidcTest = z.infer<typeof oidcTestSchema>
