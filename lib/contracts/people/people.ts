import { z } from 'zod'
import { idSchema, roleSchema, timeSchema } from '../common'
import { tokenScopeSchema } from './token-scope'

export const passwordSchema = z.string().min(12, 'Use at least 12 characters').max(256, 'Use at most 256 characters')
/** As browsers check it: hosts without a dot, such as `admin@localhost`, are common where one hosts oneself. */
export const emailSchema = z
  .email({ pattern: z.regexes.html5Email, error: 'Enter an e-mail address' })
  .max(254)
  .transform((e) => e.toLowerCase())

/** First-run page: the first administrator. */
export const setupSchema = z.object({
  code: z.string().trim().min(1, 'Enter the set-up code').max(100).meta({ description: 'what the start printed' }),
  email: emailSchema,
  name: z.string().trim().max(100).default(''),
  password: passwordSchema,
})
export type Setup = z.infer<typeof setupSchema>

export const createUserSchema = z.object({
  email: emailSchema,
  name: z.string().trim().min(1).max(100),
  role: roleSchema,
  password: passwordSchema,
})
export type CreateUser = z.infer<typeof createUserSchema>
export const updateUserSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  role: roleSchema.optional(),
  password: passwordSchema.optional(),
  disabled: z.boolean().optional(),
})
export type UpdateUser = z.infer<typeof updateUserSchema>
export const userSchema = z.object({
  id: idSchema,
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  disabled: z.boolean(),
  /** A code of an authenticator app is asked for beside the password. */
  secondFactor: z.boolean(),
  /** How they can sign in. */
  signsInWith: z.array(z.enum(['password', 'oidc'])),
  createdAt: timeSchema,
})
export type User = z.infer<typeof userSchema>

/** `GET /api/v1/me`: who is asking, and what they may do. */
export const meSchema = z.object({
  type: z.enum(['user', 'token']),
  id: idSchema,
  name: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  /** How this person signs in; null for tokens. */
  access: z
    .object({
      hasPassword: z.boolean(),
      secondFactor: z.boolean(),
      recoveryCodesLeft: z.number().int(),
      /** How they can show again who they are. */
      stepUp: z.array(z.enum(['password', 'code', 'oidc'])),
      /** How much longer it counts in this session that they did. */
      stepUpLeftMs: z.number().int(),
    })
    .nullable(),
})
export type Me = z.infer<typeof meSchema>
/** `PATCH /api/v1/me`: a new password signs every other session out. */
export const updateMeSchema = z.object({ currentPassword: z.string().max(256), newPassword: passwordSchema })
export type UpdateMe = z.infer<typeof updateMeSchema>

export const createTokenSchema = z.object({
  name: z.string().trim().min(1).max(100),
  role: roleSchema.default('operator'),
  /** Days until it expires; null never does. */
  expiresInDays: z.number().int().min(1).max(3_650).nullable().default(90),
  /** What it may be used for beside its role; empty: everything the role may. */
  scopes: z.array(tokenScopeSchema).max(20).default([]),
  /** The sources it may see and use; empty: all. Such a token never reaches what belongs to the whole instance. */
  sourceIds: z.array(idSchema).max(200).default([]),
})
/** As callers write it: what has a default may be left out. */
export type CreateToken = z.input<typeof createTokenSchema>
export const tokenSchema = z.object({
  id: idSchema,
  name: z.string(),
  role: roleSchema,
  /** What it may do now: no more than the person it goes back to; null while they are disabled. */
  roleNow: roleSchema.nullable(),
  scopes: z.array(z.string()),
  sourceIds: z.array(idSchema),
  hint: z.string(),
  createdBy: z.string(),
  /** The person it goes back to, through tokens made by tokens; null: made at the start or on the command line. */
  userId: idSchema.nullable(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
})
export type Token = z.infer<typeof tokenSchema>
/** Answer to the creation alone: the only time the token itself is shown. */
export const createdTokenSchema = tokenSchema.extend({ token: z.string() })
