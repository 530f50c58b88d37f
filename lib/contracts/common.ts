import { z } from 'zod'
import type { ErrorCode } from './error-code'
import { tokenScopeSchema } from './people/token-scope'

/** Row identity: UUID version 7, so that ids sort by creation. */
export const idSchema = z.uuid().meta({ description: 'UUID', example: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11' })

/** Path parameters of everything that has an id. */
export const idParamsSchema = z.object({ id: idSchema })

/** RFC 3339 in UTC, e.g. `2026-11-21T02:00:00.000Z`. */
export const timeSchema = z.iso.datetime().meta({ description: 'RFC 3339 time in UTC' })

/** Keyset page request of every list: `?limit=&cursor=`. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
})
export type PageQuery = z.infer<typeof pageQuerySchema>

/** One page of a list. `nextCursor` is null on the last page. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total?: number
}
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.number().int().optional() })

/** What went wrong, in words a person can act on. Secrets are redacted before it is made. */
export const failureSchema = z.object({
  code: z.string().meta({
    description:
      'Stable kebab-case code, explained in docs/reference/errors.md; what earlier releases stored may carry others',
    example: 'password-rejected',
  }),
  message: z.string(),
  remedy: z.string().optional().meta({ description: 'What to do next' }),
  facts: z.record(z.string(), z.unknown()).optional(),
})
/** A failure as it is read: rows of earlier versions may carry codes that are gone. */
export type StoredFailure = z.infer<typeof failureSchema>
/** A failure as it is written. */
export type Failure = StoredFailure & { code: ErrorCode }

/** RFC 9457 problem details; every error answer of the API. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  remedy: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  facts: z.record(z.string(), z.unknown()).optional().meta({ description: 'For example jobId, retryAfterMs' }),
})
export type Problem = z.infer<typeof problemSchema>
/** A problem as it is made. As it is read, its code is any string: the server may be newer than who reads it. */
export type NewProblem = Problem & { code: ErrorCode }

export const roles = ['viewer', 'operator', 'admin'] as const
export const roleSchema = z.enum(roles)
export type Role = z.infer<typeof roleSchema>

/** Who did it. The audit log stores this as it is. */
export const actorSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('user'),
    id: idSchema,
    email: z.string(),
    role: roleSchema,
    sessionId: idSchema.optional(),
  }),
  z.object({
    type: z.literal('token'),
    id: idSchema,
    name: z.string(),
    role: roleSchema,
    /** The person it goes back to, through tokens made by tokens; absent: made by nobody (at the start, on the command line). */
    userId: idSchema.optional(),
    /** What it may be used for; absent: everything the role may. */
    scopes: z.array(tokenScopeSchema).optional(),
    /** The sources it may see and use; absent: all. */
    sourceIds: z.array(idSchema).optional(),
  }),
  z.object({ type: z.literal('worker'), id: z.string(), role: z.literal('admin') }),
  z.object({ type: z.literal('cli'), user: z.string(), role: z.literal('admin') }),
])
export type Actor = z.infer<typeof actorSchema>

/** Someone who is not signed in: only in the audit log, where failed sign-ins are recorded. */
export const anonymousSchema = z.object({ type: z.literal('anonymous'), address: z.string().nullable() })
export type Anonymous = z.infer<typeof anonymousSchema>

type Bare<T extends z.core.SomeType> =
  T extends z.ZodDefault<infer U> ? Bare<U> : T extends z.ZodPrefault<infer U> ? Bare<U> : T
type PatchShape<S extends z.ZodRawShape> = { [K in keyof S]: z.ZodOptional<Bare<S[K]>> }

/**
 * The schema of a PATCH: every field optional and without its default, so that an absent field keeps what is stored.
 * (`partial()` alone still fills in defaults, which would reset what was not named.)
 */
export function patchOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodObject<PatchShape<S>> {
  const bare = (field: z.core.SomeType): z.core.SomeType =>
    field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? bare(field.unwrap()) : field
  const shape = Object.fromEntries(Object.entries(schema.shape).map(([key, field]) => [key, z.optional(bare(field))]))
  // The loop above is what PatchShape says, which the compiler cannot follow through Object.fromEntries.
  return z.object(shape) as unknown as z.ZodObject<PatchShape<S>>
}

/** The list as zod asks for it, where the code itself sees to it that it is not empty. */
export const atLeastOne = <T>(list: T[]) => list as [T, ...T[]]

export const engineNames = ['postgres', 'mysql', 'sqlite', 'redis', 'files'] as const
export const engineNameSchema = z.enum(engineNames)
export type EngineName = z.infer<typeof engineNameSchema>

export const jobStates = [
  'queued',
  'running',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'interrupted',
  'missed',
] as const
export const jobStateSchema = z.enum(jobStates)
export type JobState = z.infer<typeof jobStateSchema>
